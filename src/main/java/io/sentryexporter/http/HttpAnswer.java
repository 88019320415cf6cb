package io.sentryexporter.http;

/// A whole answer: its body is complete and decoded, or empty because the status was not wanted.
///
/// `contentLength` counts as Go's net/http does: the Content-Length header; -1 if the length was
/// not told (chunked, or until the connection closes) or the body came as gzip that we asked for
/// ourselves; 0 for a status that has no body.
///
/// @param body owned by whoever receives the answer
@SuppressWarnings("ArrayRecordComponent") // up to 32 MiB: neither copied nor compared
public record HttpAnswer(int status, Headers headers, byte[] body, long contentLength) {}
