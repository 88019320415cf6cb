package io.sentryexporter.sentry.api;

import io.sentryexporter.http.HttpAnswer;
import io.sentryexporter.metrics.Sample;
import io.sentryexporter.sentry.model.Reason;
import io.sentryexporter.sentry.model.SentryException;
import io.sentryexporter.wire.Headers;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/// The JSON of an answer, read once from its beginning to its end.
///
/// It stands on a value, which one of the methods named after a form takes, or [#skip] leaves. A
/// value that is not of that form costs only itself where [#orDropped] reads it, and only its item
/// in a list that [#items] reads; it is reported to [Drops]. Elsewhere it ends the reading, as do
/// names that come twice, texts over 10,000 characters that are not skipped, depth over 64, objects
/// of more than 10,000 fields, more values than memory is meant for, and anything after the end.
///
///     Fields release = json.object(VERSION, CREATED);
///     return new Release(release.required(VERSION), release.get(CREATED));
public final class Json {
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(64)
                  .maxNumberLength(100)
                  .maxStringLength(10_000)
                  .maxNameLength(1_000)
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private static final Pattern CONTENT_TYPE = Pattern.compile("[\\w.+-]{1,40}/[\\w.+-]{1,40}");
  private static final Pattern DIGITS = Pattern.compile("[0-9]{1,19}");

  /// Distance of a rate from the range 0 to 1 that the server's arithmetic may cause.
  private static final double ROUNDING = 1e-9;

  /// The parser keeps the names of an object as long as it reads it.
  private static final int MOST_FIELDS = 10_000;

  /// Some 100,000 projects, or ten times a statistics answer with the most rows that Sentry
  /// returns.
  private static final int MOST_KEPT_BYTES = 24 << 20;

  private static final int BYTES_OF_A_VALUE = 32;

  /// Ten times the projects of the largest organizations.
  private static final int MOST_ITEMS = 100_000;

  private static final Field<String> SLUG = Field.of("slug", Json::slug);

  private final JsonParser parser;
  private final Drops drops;

  /// Approximate memory of the values taken so far.
  private int keptBytes;

  private Json(JsonParser parser, Drops drops) {
    this.parser = parser;
    this.drops = drops;
  }

  /// Receives reports of data left out of an answer because it makes no sense.
  public interface Drops {
    /// Something is left out.
    ///
    /// @param what the fault and its place, without quoting the answer
    void dropped(DropCause cause, String what);
  }

  /// Kinds of data left out of Sentry's answers because they make no sense.
  public enum DropCause {
    /// A value, such as a ratio below 0; the rest of its item is kept.
    VALUE,
    /// An item of a list, such as a monitor without a slug.
    ITEM;

    /// The value of the label `cause`.
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// Makes a value of an answer.
  public interface Reading<T extends @Nullable Object> {
    T read(Json json) throws Unexpected, SentryException;
  }

  /// A field of an object: how its value is read.
  ///
  /// @param isDroppable whether a value that cannot be read is left out, instead of the object
  public record Field<T>(String name, Reading<@Nullable T> reading, boolean isDroppable) {
    public static <T> Field<T> of(String name, Reading<@Nullable T> reading) {
      return new Field<>(name, reading, false);
    }

    /// A field that may be absent, null or unreadable.
    public static <T> Field<T> orDropped(String name, Reading<@Nullable T> reading) {
      return new Field<>(name, reading, true);
    }
  }

  /// Values of an object's fields.
  public final class Fields {
    private final Field<?>[] fields;
    private final @Nullable Object[] values;

    private boolean isEmpty = true;

    private Fields(Field<?>[] fields) {
      this.fields = fields;
      this.values = new @Nullable Object[fields.length];
    }

    /// Null if the field is absent, or its value is null.
    @SuppressWarnings("unchecked") // the field's own reading made the value
    public <T> @Nullable T get(Field<T> field) {
      for (int i = 0; i < fields.length; i++) {
        if (fields[i].name().equals(field.name())) {
          return (T) values[i];
        }
      }
      throw new IllegalArgumentException(field.name() + " was not read");
    }

    public <T> T get(Field<T> field, T otherwise) {
      T value = get(field);
      return value == null ? otherwise : value;
    }

    /// The value of a field that must be there; to be called before anything else is read.
    public <T> T required(Field<T> field) throws Unexpected {
      return Json.this.required(get(field), field.name());
    }

    /// Whether the object has no field at all.
    public boolean isEmpty() {
      return isEmpty;
    }

    private void read(String name) throws Unexpected, SentryException {
      isEmpty = false;
      for (int i = 0; i < fields.length; i++) {
        if (fields[i].name().equals(name)) {
          values[i] = value(fields[i]);
          return;
        }
      }
      skip();
    }

    private <T> @Nullable T value(Field<T> field) throws Unexpected, SentryException {
      return field.isDroppable() ? orDropped(field.reading()) : field.reading().read(Json.this);
    }
  }

  /// JSON, but not the one expected. The message names the place and quotes nothing of the answer.
  public static sealed class Unexpected extends Exception {
    private static final long serialVersionUID = 1L;

    public Unexpected(String message) {
      super(message);
    }
  }

  /// Nothing more of the answer is read: it is larger than memory is meant for, or at its end.
  private static final class TooMuch extends Unexpected {
    private static final long serialVersionUID = 1L;

    TooMuch(String message) {
      super(message);
    }
  }

  /// Reads the whole of an answer.
  ///
  /// @param shape what the answer should be, for the message if it is not
  public static <T extends @Nullable Object> T read(
      HttpAnswer answer, String shape, Drops drops, Reading<T> reading) throws SentryException {
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), answer.body())) {
      var json = new Json(parser, drops);
      parser.nextToken();
      T value = reading.read(json);
      if (parser.nextToken() != null) {
        throw json.unexpected("the end");
      }
      return value;
    } catch (JacksonException e) {
      throw malformed(answer, shape, "not JSON that this program takes" + place(e));
    } catch (Unexpected e) {
      throw malformed(answer, shape, String.valueOf(e.getMessage()));
    }
  }

  /// Reads the whole of an answer of which nothing may be left out.
  public static <T extends @Nullable Object> T read(
      HttpAnswer answer, String shape, Reading<T> reading) throws SentryException {
    Drops none =
        (_, what) -> {
          throw new IllegalStateException(what);
        };
    return read(answer, shape, none, reading);
  }

  /// Creates the exception for an answer that is JSON of the right form and cannot be right.
  public static SentryException malformed(HttpAnswer answer, String shape, String what) {
    return new SentryException(
        Reason.PARSE,
        "the answer (%s) is not %s: %s".formatted(contentType(answer.headers()), shape, what),
        answer.status(),
        answer.contentLength());
  }

  /// The content type of an answer as `type/subtype` without parameters, or why there is none: a
  /// server may send anything.
  public static String contentType(Headers headers) {
    String header = headers.first("Content-Type").orElse("");
    int end = header.indexOf(';');
    String type = (end < 0 ? header : header.substring(0, end)).strip();
    if (type.isEmpty()) {
      return "no content type";
    }
    return CONTENT_TYPE.matcher(type).matches() ? type : "an odd content type";
  }

  /// Whether a content type, as it is shown, is JSON.
  public static boolean isJson(String contentType) {
    String lower = contentType.toLowerCase(Locale.ROOT);
    return lower.equals("application/json") || lower.endsWith("+json");
  }

  /// Some fields of an object, in any order; the others are skipped.
  public Fields object(Field<?>... fields) throws Unexpected, SentryException {
    var values = new Fields(fields);
    beginObject();
    while (hasField()) {
      values.read(field());
    }
    return values;
  }

  /// The value of one field of an object, which must be there; the others are skipped.
  public <T> T field(Field<T> field) throws Unexpected, SentryException {
    return object(field).required(field);
  }

  /// The items of an array, all of which can be read.
  public <T> List<T> list(Reading<T> item) throws Unexpected, SentryException {
    var items = new ArrayList<T>();
    beginArray();
    while (hasNext()) {
      items.add(item.read(this));
    }
    return items;
  }

  /// The items of an array, without those that cannot be read.
  ///
  /// @throws Unexpected if there are items and none can be read
  public <T> List<T> items(Reading<T> item) throws Unexpected, SentryException {
    var items = new ArrayList<T>();
    Unexpected first = null;
    beginArray();
    while (hasNext()) {
      try {
        items.add(recovering(item));
        if (items.size() > MOST_ITEMS) {
          throw new TooMuch("it has more than " + MOST_ITEMS + " items");
        }
      } catch (TooMuch e) {
        throw e;
      } catch (Unexpected e) {
        first = first == null ? e : first;
        drops.dropped(DropCause.ITEM, String.valueOf(e.getMessage()));
      }
    }
    if (first != null && items.isEmpty()) {
      throw first;
    }
    return items;
  }

  /// The current value; null if there is none or it cannot be read.
  public <T extends @Nullable Object> @Nullable T orDropped(Reading<T> value)
      throws Unexpected, SentryException {
    if (isNull()) {
      return null;
    }
    try {
      return recovering(value);
    } catch (TooMuch e) {
      throw e;
    } catch (Unexpected e) {
      drops.dropped(DropCause.VALUE, String.valueOf(e.getMessage()));
      return null;
    }
  }

  /// Reads the current value; stands at its end also if it is not as expected.
  private <T extends @Nullable Object> T recovering(Reading<T> value)
      throws Unexpected, SentryException {
    boolean isOpen = isObject() || isArray();
    int outside = depth() - (isOpen ? 1 : 0);
    try {
      return value.read(this);
    } catch (Unexpected e) {
      while (depth() > outside) {
        if (parser.nextToken() == null) {
          throw new TooMuch(String.valueOf(e.getMessage()));
        }
      }
      throw e;
    }
  }

  private int depth() {
    return parser.streamReadContext().getNestingDepth();
  }

  public void beginObject() throws Unexpected {
    require(JsonToken.START_OBJECT, "an object");
  }

  /// Goes to the next field's value; false at the end of the object.
  public boolean hasField() throws Unexpected {
    if (parser.nextToken() == JsonToken.END_OBJECT) {
      return false;
    }
    requireFewFields();
    parser.nextToken();
    return true;
  }

  public String field() {
    return parser.currentName();
  }

  public void beginArray() throws Unexpected {
    require(JsonToken.START_ARRAY, "an array");
  }

  /// Goes to the next value; false at the end of the array.
  public boolean hasNext() {
    return parser.nextToken() != JsonToken.END_ARRAY;
  }

  /// Goes to the next value of an array that must have one.
  public Json next() throws Unexpected {
    if (!hasNext()) {
      throw unexpected("a value");
    }
    return this;
  }

  public void endArray() throws Unexpected {
    parser.nextToken();
    require(JsonToken.END_ARRAY, "the end of an array");
  }

  public boolean isNull() {
    return parser.currentToken() == JsonToken.VALUE_NULL;
  }

  public boolean isArray() {
    return parser.currentToken() == JsonToken.START_ARRAY;
  }

  public boolean isObject() {
    return parser.currentToken() == JsonToken.START_OBJECT;
  }

  /// Leaves a value of any form, however long its texts.
  public void skip() throws Unexpected {
    int depth = 0;
    do {
      switch (parser.currentToken()) {
        case START_OBJECT, START_ARRAY -> depth++;
        case END_OBJECT, END_ARRAY -> depth--;
        case PROPERTY_NAME -> requireFewFields();
        case null, default -> {}
      }
    } while (depth > 0 && parser.nextToken() != null);
  }

  private void requireFewFields() throws Unexpected {
    if (parser.streamReadContext().getEntryCount() > MOST_FIELDS) {
      throw new TooMuch("an object has more than " + MOST_FIELDS + " fields" + place());
    }
  }

  private String kept(String text) throws Unexpected {
    keep(text.length());
    return text;
  }

  private void keep(int characters) throws Unexpected {
    keptBytes += BYTES_OF_A_VALUE + 2 * characters;
    if (keptBytes > MOST_KEPT_BYTES) {
      throw new TooMuch("it has more values than this program keeps" + place());
    }
  }

  public String text() throws Unexpected {
    require(JsonToken.VALUE_STRING, "a text");
    return kept(parser.getString());
  }

  /// A text as a label shows it, empty if there is none.
  public String label() throws Unexpected {
    return Sample.labelValue(textOrEmpty());
  }

  /// A name that stands in paths and labels: one that leads elsewhere in a path, or that a label
  /// would show cut or changed, is refused.
  public String slug() throws Unexpected {
    String slug = text();
    boolean isOtherPath = slug.isBlank() || slug.equals(".") || slug.equals("..");
    boolean hasSlash = slug.indexOf('/') >= 0; // which some servers read as such even if escaped
    if (isOtherPath || hasSlash || !Sample.labelValue(slug).equals(slug)) {
      throw unexpected("a slug");
    }
    return slug;
  }

  /// A text; empty if there is none.
  public String textOrEmpty() throws Unexpected {
    return isNull() ? "" : text();
  }

  /// A text, a number or a truth value as it is written; empty if there is none.
  public String anyText() throws Unexpected {
    JsonToken token = parser.currentToken();
    if (token == null || !token.isScalarValue()) {
      throw unexpected("a text");
    }
    return isNull() ? "" : kept(parser.getString());
  }

  /// An identifier, written as a text or a number; not empty.
  public String id() throws Unexpected {
    String id = anyText();
    if (id.isBlank()) {
      throw unexpected("an id");
    }
    return id;
  }

  public boolean flag() throws Unexpected {
    JsonToken token = parser.currentToken();
    if (token != JsonToken.VALUE_TRUE && token != JsonToken.VALUE_FALSE) {
      throw unexpected("true or false");
    }
    return token == JsonToken.VALUE_TRUE;
  }

  /// A number that counts or identifies, also written as text: from 0 to 2^63 - 1.
  public long whole() throws Unexpected {
    keep(0);
    if (parser.currentToken() == JsonToken.VALUE_STRING) {
      return wholeOfText(parser.getString());
    }
    double value = amount();
    if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT) {
      return parser.getLongValue();
    }
    if (value != Math.rint(value) || value > 0x1p53) {
      throw new Unexpected("a number is not whole" + place());
    }
    return (long) value;
  }

  private long wholeOfText(String text) throws Unexpected {
    if (DIGITS.matcher(text).matches()) {
      try {
        return Long.parseLong(text);
      } catch (NumberFormatException _) {
        // 19 digits, but over 2^63 - 1
      }
    }
    throw unexpected("a whole number");
  }

  /// A number from 0 to 2^63.
  public double amount() throws Unexpected {
    double value = number();
    if (!(value >= 0 && value <= 0x1p63)) { // the other way round would let NaN through
      throw new Unexpected("a number is out of range" + place());
    }
    return value + 0.0; // -0.0 becomes 0
  }

  /// A number with or without sign and fraction, NaN if it is an integer beyond 64 bits.
  private double number() throws Unexpected {
    JsonToken token = parser.currentToken();
    if (token != JsonToken.VALUE_NUMBER_INT && token != JsonToken.VALUE_NUMBER_FLOAT) {
      throw unexpected("a number");
    }
    return switch (parser.getNumberType()) {
      case INT, LONG -> parser.getLongValue();
      case BIG_INTEGER -> Double.NaN;
      case FLOAT, DOUBLE, BIG_DECIMAL -> parser.getDoubleValue();
    };
  }

  /// Any finite number; null if there is none.
  public @Nullable Double finite() throws Unexpected {
    if (isNull()) {
      return null;
    }
    double value = number();
    if (!Double.isFinite(value)) {
      throw new Unexpected("a number is out of range" + place());
    }
    return value;
  }

  /// A number from 0 to 1; null if there is none.
  public @Nullable Double ratio() throws Unexpected {
    Double value = finite();
    if (value == null) {
      return null;
    }
    double ratio = Math.clamp(value, 0.0, 1.0);
    if (Math.abs(value - ratio) > ROUNDING) {
      throw new Unexpected("a ratio is not from 0 to 1" + place());
    }
    return ratio;
  }

  /// A time in ISO 8601 with its offset.
  public Instant instant() throws Unexpected {
    try {
      return OffsetDateTime.parse(text()).toInstant();
    } catch (DateTimeException _) {
      throw unexpected("a time");
    }
  }

  /// The slug of an object that has one.
  public String slugOf() throws Unexpected, SentryException {
    return field(SLUG);
  }

  /// The value of a field that must be there, once its object has been read.
  public <T> T required(@Nullable T value, String field) throws Unexpected {
    if (value == null) {
      throw missing(field);
    }
    return value;
  }

  /// Creates the exception for an object that lacks a field.
  public Unexpected missing(String field) {
    return new Unexpected("the field " + field + " is missing" + place());
  }

  /// Creates the exception for a current value that is not the expected one.
  public Unexpected unexpected(String wanted) {
    return new Unexpected(
        described(parser.currentToken()) + " stands where " + wanted + " should" + place());
  }

  /// The current position: a pointer of names that the exporter knows, and the byte.
  public String place() {
    String pointer = parser.streamReadContext().pathAsPointer().toString();
    return (pointer.isEmpty() ? "" : ", " + pointer)
        + ", byte "
        + parser.currentTokenLocation().getByteOffset();
  }

  private void require(JsonToken form, String wanted) throws Unexpected {
    if (parser.currentToken() != form) {
      throw unexpected(wanted);
    }
  }

  private static String described(@Nullable JsonToken token) {
    return token == null ? "the end" : token.name().replace('_', ' ').toLowerCase(Locale.ROOT);
  }

  /// Without the parser's own text, which may quote the answer.
  private static String place(JacksonException e) {
    return e.getLocation() == null ? "" : ", byte " + e.getLocation().getByteOffset();
  }
}
