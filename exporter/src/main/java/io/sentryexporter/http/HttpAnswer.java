package io.sentryexporter.http;

/// A whole answer: its body is complete and decoded, or empty because the status was not wanted.
///
/// `contentLength` is as in Go's net/http: the Content-Length header; -1 if the length is unknown
/// (chunked, or until the connection closes) or the body came as gzip that the client itself
/// requested; 0 for a status that has no body.
///
/// @param body owned by the receiver of the answer
@SuppressWarnings("ArrayRecordComponent") // up to 32 MiB: neither copied nor compared
public record HttpAnswer(int status, Headers headers, byte[] body, long contentLength) {}
