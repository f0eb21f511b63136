/*
 * page.c - the plain text of a portal page, as crawlers leave it (DESIGN "A page").
 *
 * A page is lines. Some are furniture of the portal: navigation, the date line, the read counter, links to other
 * articles. Furniture is recognised by the phrases below, compared without case and marks, and is the only thing that
 * is ever dropped; a text without any keeps every line. What is left gives title, signature and body.
 */
#include <ctype.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "corpus/format.h"
#include "text/charset.h"

#define TEXT_CEILING ((size_t)256 << 20)
#define KEY_MAX 128
#define TITLE_MAX 200     /* bytes of a line or sentence that can be a title: about 150 letters */
#define LEAD_TITLE_MAX 260 /* bytes of a title that is taken from the lead */
#define SIGNATURE_MAX 64  /* bytes */
#define SIGNATURE_WORDS 6
#define LINES_MAX 2000000

enum line_kind { LINE_TEXT, LINE_BLANK, LINE_FURNITURE, LINE_DATE, LINE_READS, LINE_RELATED };

static const struct {
    const char *phrase;
    enum line_kind kind;
    bool prefix; /* the line only begins so */
} FURNITURE[] = {
    {"ngay dang", LINE_DATE, true},
    {"ngay cap nhat", LINE_DATE, true},
    {"cap nhat luc", LINE_DATE, true},
    {"cap nhat ngay", LINE_DATE, true},
    {"so lan doc", LINE_READS, true},
    {"luot xem", LINE_READS, true},
    {"so luot xem", LINE_READS, true},
    {"luot doc", LINE_READS, true},
    {"tin lien quan", LINE_RELATED, false},
    {"tin khac", LINE_RELATED, false},
    {"cac tin khac", LINE_RELATED, false},
    {"tin moi hon", LINE_RELATED, false},
    {"tin cu hon", LINE_RELATED, false},
    {"bai viet lien quan", LINE_RELATED, false},
    {"cac bai viet khac", LINE_RELATED, false},
    {"lien ket website", LINE_FURNITURE, false},
    {"lien ket web", LINE_FURNITURE, false},
    {"co quan dang, nha nuoc", LINE_FURNITURE, false},
    {"co quan bao chi", LINE_FURNITURE, false},
    {"cac truong dai hoc, cao dang", LINE_FURNITURE, false},
    {"trang chu", LINE_FURNITURE, false},
    {"gioi thieu", LINE_FURNITURE, false},
    {"tin tuc", LINE_FURNITURE, false},
    {"tin tuc - su kien", LINE_FURNITURE, false},
    {"lien he", LINE_FURNITURE, false},
    {"so do website", LINE_FURNITURE, false},
    {"so do trang", LINE_FURNITURE, false},
    {"van ban", LINE_FURNITURE, false},
    {"thu vien anh", LINE_FURNITURE, false},
    {"video", LINE_FURNITURE, false},
    {"dang nhap", LINE_FURNITURE, false},
    {"tim kiem", LINE_FURNITURE, false},
    {"in trang", LINE_FURNITURE, false},
    {"in bai viet", LINE_FURNITURE, false},
    {"gui email", LINE_FURNITURE, false},
    {"chia se", LINE_FURNITURE, false},
    {"quay lai", LINE_FURNITURE, false},
    {"ve dau trang", LINE_FURNITURE, false},
    {"ban quyen", LINE_FURNITURE, true},
    {"so luot truy cap", LINE_FURNITURE, true},
    {"dang truy cap", LINE_FURNITURE, true},
};

struct line {
    const char *text; /* without outer blanks */
    size_t len;
    enum line_kind kind;
};

struct page {
    struct line *lines;
    size_t count, capacity;
    bool furnished; /* it is a portal's page: it has furniture */
    size_t title;   /* line that is the title, or SIZE_MAX */
    size_t signature; /* line that is the signature, or SIZE_MAX */
};

/* Drops blanks, and no-break spaces, at both ends. */
static void trim(const char **text, size_t *n)
{
    for (;;) {
        if (*n && isspace((unsigned char)**text)) {
            (*text)++;
            (*n)--;
        } else if (*n >= 2 && memcmp(*text, "\xC2\xA0", 2) == 0) {
            *text += 2;
            *n -= 2;
        } else {
            break;
        }
    }
    for (;;) {
        if (*n && isspace((unsigned char)(*text)[*n - 1])) {
            (*n)--;
        } else if (*n >= 2 && memcmp(*text + *n - 2, "\xC2\xA0", 2) == 0) {
            *n -= 2;
        } else {
            break;
        }
    }
}

static enum line_kind kind_of(const char *text, size_t n)
{
    char key[KEY_MAX];
    if (n == 0) {
        return LINE_BLANK;
    }
    size_t len = charset_loose_key(text, n, key, sizeof key);
    while (len && strchr(":>»|. ", key[len - 1])) {
        len--;
    }
    for (size_t i = 0; i < ARRAY_LEN(FURNITURE); i++) {
        const size_t m = strlen(FURNITURE[i].phrase);
        if (len >= m && memcmp(key, FURNITURE[i].phrase, m) == 0 && (len == m || FURNITURE[i].prefix)) {
            /* A sentence may begin like a counter: only a short line is one. */
            return FURNITURE[i].prefix && n > 2 * KEY_MAX / 3 ? LINE_TEXT : FURNITURE[i].kind;
        }
    }
    return LINE_TEXT;
}

static bool split_lines(struct page *page, const char *text, size_t n)
{
    for (size_t at = 0; at < n && page->count < LINES_MAX;) {
        const char *newline = memchr(text + at, '\n', n - at);
        size_t len = newline ? (size_t)(newline - (text + at)) : n - at;
        const char *line = text + at;
        at += len + 1;
        trim(&line, &len);
        if (!mem_grow((void **)&page->lines, &page->capacity, page->count + 1, sizeof *page->lines)) {
            return false;
        }
        const enum line_kind kind = kind_of(line, len);
        page->lines[page->count++] = (struct line){line, len, kind};
        page->furnished = page->furnished || kind > LINE_BLANK;
    }
    return true;
}

/* A heading: short, and no sentence. */
static bool is_heading(const struct line *line)
{
    return line->kind == LINE_TEXT && line->len <= TITLE_MAX && !strchr(".;,:", line->text[line->len - 1]);
}

static size_t next_text(const struct page *page, size_t from)
{
    while (from < page->count && page->lines[from].kind != LINE_TEXT) {
        from++;
    }
    return from;
}

static size_t line_of(const struct page *page, enum line_kind kind)
{
    for (size_t i = 0; i < page->count; i++) {
        if (page->lines[i].kind == kind) {
            return i;
        }
    }
    return SIZE_MAX;
}

/* The title stands right before the date line or right behind it; in a text without furniture, on top. */
static void find_title(struct page *page)
{
    const size_t date = line_of(page, LINE_DATE);
    page->title = SIZE_MAX;
    if (date != SIZE_MAX) {
        for (size_t i = date; i-- > 0;) {
            if (page->lines[i].kind == LINE_TEXT) {
                page->title = is_heading(&page->lines[i]) ? i : SIZE_MAX;
                break;
            }
        }
    }
    if (page->title != SIZE_MAX) {
        return;
    }
    const size_t first = next_text(page, date == SIZE_MAX ? 0 : date);
    if (first < page->count && is_heading(&page->lines[first]) && next_text(page, first + 1) < page->count) {
        page->title = first;
    }
}

/* Name-like: every word begins with a capital. `Tin, ảnh: Thu Hà` is one too: what stands before the colon goes. */
static bool is_signature(struct line *line)
{
    const char *colon = memchr(line->text, ':', line->len);
    const char *name = colon ? colon + 1 : line->text;
    size_t n = line->len - (size_t)(name - line->text);
    trim(&name, &n);
    if (n == 0 || n > SIGNATURE_MAX || strchr(".;,!?", name[n - 1])) {
        return false;
    }
    size_t words = 0;
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || name[i - 1] == ' ') {
            uint32_t c;
            utf8_decode(name + i, n - i, &c);
            if (!charset_is_capital(c) && !strchr("-&(", (int)MIN(c, 127U))) {
                return false;
            }
            words++;
        }
    }
    if (words < 1 || words > SIGNATURE_WORDS) {
        return false;
    }
    line->text = name;
    line->len = n;
    return true;
}

/* The last line of the text, if the page is a portal's: there the writer's name stands alone. */
static void find_signature(struct page *page)
{
    page->signature = SIZE_MAX;
    if (!page->furnished) {
        return;
    }
    size_t end = MIN(line_of(page, LINE_READS), line_of(page, LINE_RELATED));
    end = MIN(end, page->count);
    for (size_t i = end; i-- > 0;) {
        if (page->lines[i].kind == LINE_TEXT) {
            if (i != page->title && next_text(page, 0) < i && is_signature(&page->lines[i])) {
                page->signature = i;
            }
            return;
        }
    }
}

/* Behind the colon of a date or counter line. */
static struct corpus_text value_of(const struct line *line)
{
    const char *colon = memchr(line->text, ':', line->len);
    const char *text = colon ? colon + 1 : line->text;
    size_t n = line->len - (size_t)(text - line->text);
    if (!colon) {
        while (n && !isdigit((unsigned char)*text)) {
            text++;
            n--;
        }
    }
    trim(&text, &n);
    return (struct corpus_text){text, n};
}

static int64_t reads_of(const struct page *page)
{
    const size_t line = line_of(page, LINE_READS);
    if (line == SIZE_MAX) {
        return -1;
    }
    const struct corpus_text value = value_of(&page->lines[line]);
    int64_t reads = -1;
    for (size_t i = 0; i < value.len && reads < INT64_C(1) << 50; i++) {
        if (isdigit((unsigned char)value.text[i])) {
            reads = MAX(reads, (int64_t)0) * 10 + (value.text[i] - '0');
        } else if (value.text[i] != '.') {
            break;
        }
    }
    return reads;
}

/* The lead's first sentence; a long one is cut at a clause or a word. */
static struct corpus_text title_from_lead(const struct line *lead)
{
    size_t n = lead->len;
    for (size_t i = 1; i + 1 < lead->len; i++) {
        const char before = lead->text[i - 1];
        /* A full stop ends a sentence when a blank follows; after a capital it belongs to an abbreviation (TP. HCM). */
        if (lead->text[i] == '.' && lead->text[i + 1] == ' ' && !isupper((unsigned char)before)) {
            n = i;
            break;
        }
    }
    if (n > LEAD_TITLE_MAX) {
        n = utf8_clip(lead->text, n, LEAD_TITLE_MAX);
        size_t cut = n;
        while (cut > LEAD_TITLE_MAX / 2 && !(strchr(",;:", lead->text[cut]) && lead->text[cut + 1] == ' ')) {
            cut--;
        }
        for (; cut == LEAD_TITLE_MAX / 2 && n > cut && lead->text[n] != ' '; n--) {
        }
        n = cut == LEAD_TITLE_MAX / 2 ? n : cut;
    }
    while (n && strchr(".,;: ", lead->text[n - 1])) {
        n--;
    }
    return (struct corpus_text){lead->text, n};
}

/* The paragraphs that are left. A blank line stands where one or more stood. */
static bool write_body(const struct page *page, struct buf *body)
{
    const size_t end = MIN(line_of(page, LINE_RELATED), page->count);
    bool gap = false;
    for (size_t i = 0; i < end; i++) {
        const struct line *line = &page->lines[i];
        if (line->kind != LINE_TEXT || i == page->title || i == page->signature) {
            gap = gap || line->kind == LINE_BLANK;
            continue;
        }
        if (body->len) {
            buf_append_str(body, gap ? "\n\n" : "\n");
        }
        gap = false;
        if (!buf_append(body, line->text, line->len)) {
            return false;
        }
    }
    return !buf_failed(body);
}

static enum trabao_status give_page(const struct corpus_batch *batch, const struct corpus_sink *sink,
                                    struct page *page, const char *encoding, struct trabao_error *err)
{
    struct buf body, key;
    buf_init(&body, TEXT_CEILING);
    buf_init(&key, TEXT_CEILING);
    find_title(page);
    find_signature(page);
    struct corpus_record record = {
        .path = batch->path, .number = 1, .encoding = encoding, .reads = reads_of(page)};
    enum trabao_status status = TRABAO_OK;
    if (!buf_printf(&key, "%s#1", batch->path) || !write_body(page, &body)) {
        status = error_no_memory(err);
        goto done;
    }
    record.key = (struct corpus_text){key.data, key.len};
    const size_t date = line_of(page, LINE_DATE);
    if (date != SIZE_MAX) {
        record.date = value_of(&page->lines[date]);
    }
    if (page->signature != SIZE_MAX) {
        record.author = (struct corpus_text){page->lines[page->signature].text, page->lines[page->signature].len};
    }
    const size_t lead = next_text(page, 0);
    if (page->title != SIZE_MAX) {
        record.title = (struct corpus_text){page->lines[page->title].text, page->lines[page->title].len};
    } else if (page->furnished && lead < page->count) {
        record.title = title_from_lead(&page->lines[lead]);
    }
    if (body.len) {
        record.body = (struct corpus_text){body.data, body.len};
    }
    status = record.title.len || record.body.len
                 ? sink->record(sink->context, &record, err)
                 : format_reject(batch, sink, 1, 0, "empty", "nothing but the portal's own lines",
                                 (struct corpus_text){0}, err);
done:
    buf_free(&body);
    buf_free(&key);
    return status;
}

enum trabao_status page_parse(const struct corpus_batch *batch, const struct corpus_sink *sink,
                              struct trabao_error *err)
{
    struct buf text;
    struct page page = {0};
    const char *encoding = "";
    buf_init(&text, TEXT_CEILING);
    enum trabao_status status;
    if (!charset_to_utf8(buf_str(&batch->bytes), batch->bytes.len, &text, &encoding)) {
        status = format_reject(batch, sink, 1, 0, "encoding", "neither UTF-8 nor an encoding that explains every byte",
                               (struct corpus_text){batch->bytes.data, batch->bytes.len}, err);
    } else {
        status = split_lines(&page, buf_str(&text), text.len) ? give_page(batch, sink, &page, encoding, err)
                                                              : error_no_memory(err);
    }
    mem_free(page.lines);
    buf_free(&text);
    return status;
}
