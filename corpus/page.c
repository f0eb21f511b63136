/*
 * page.c - the plain text of a portal page, as crawlers leave it (corpus.h).
 *
 * A page is lines. Those that furniture.h recognises are dropped, and nothing else; a text without any keeps every
 * line. Paragraphs, which are longer than a heading or end like a sentence, hold the rest together: names of sections
 * are navigation only before the first and after the last of them, the signature stands below the last, and links to
 * other articles end where one begins.
 */
#include <ctype.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "corpus/format.h"
#include "corpus/furniture.h"
#include "text/charset.h"

#define HEADING_MAX 200    /* bytes of a line that can be a heading: about 150 letters */
#define TITLE_WORDS_MIN 4  /* of a title before the date line, where the names of sections end */
#define LEAD_TITLE_MAX 200 /* characters of a title that is taken from the lead */
#define ABBREVIATION_MAX 3 /* letters before a stop that ends no sentence: Tp. Ths. */
#define LINES_MAX ((size_t)1 << 20)
#define NOWHERE SIZE_MAX

struct line {
    const char *text; /* without outer blanks */
    size_t len;
    enum line_kind kind;
};

struct page {
    struct line *lines;
    size_t count, capacity;
    bool furnished;     /* it is a portal's page: it has furniture */
    size_t first, last; /* paragraphs; NOWHERE: there is none */
    size_t date_line, reads_line;
    size_t title, signature; /* lines, or NOWHERE */
    struct corpus_text date, author, source;
    int64_t reads;
};

/* ---- lines ----------------------------------------------------------------------------------------------------- */

/* Bytes of the blank at the start of TEXT, or at its end; no-break spaces are blanks too. */
static size_t blank_before(const char *text, size_t n)
{
    return n && isspace((unsigned char)text[0]) ? 1 : n >= 2 && memcmp(text, "\xC2\xA0", 2) == 0 ? 2 : 0;
}

static size_t blank_behind(const char *text, size_t n)
{
    return n && isspace((unsigned char)text[n - 1]) ? 1 : n >= 2 && memcmp(text + n - 2, "\xC2\xA0", 2) == 0 ? 2 : 0;
}

static struct corpus_text trimmed(const char *text, size_t n)
{
    size_t blank;
    while ((blank = blank_before(text, n)) > 0) {
        text += blank;
        n -= blank;
    }
    while ((blank = blank_behind(text, n)) > 0) {
        n -= blank;
    }
    return (struct corpus_text){text, n};
}

/* Adds a line; of the portal's date and counter lines the first ones are the article's. */
static void note_line(struct page *page, struct corpus_text line)
{
    const struct furniture found = furniture_of(line.text, line.len);
    if (found.kind == LINE_DATE && page->date_line == NOWHERE) {
        page->date_line = page->count;
        page->date = found.date;
    } else if (found.kind == LINE_READS && page->reads_line == NOWHERE) {
        page->reads_line = page->count;
        page->reads = found.reads;
    }
    page->furnished = page->furnished || (found.kind > LINE_SECTION);
    page->lines[page->count++] = (struct line){line.text, line.len, found.kind};
}

/* One blank line stands for many. TRABAO_DATA when there are more lines than an article can have. */
static enum trabao_status split_lines(struct page *page, const char *text, size_t n)
{
    bool blank = true;
    for (size_t at = 0; at < n;) {
        const char *newline = memchr(text + at, '\n', n - at);
        const size_t end = newline ? (size_t)(newline - text) : n;
        const struct corpus_text line = trimmed(text + at, end - at);
        at = end + 1;
        if (line.len == 0 && blank) {
            continue;
        }
        blank = line.len == 0;
        if (page->count == LINES_MAX) {
            return TRABAO_DATA;
        }
        if (!mem_grow((void **)&page->lines, &page->capacity, page->count + 1, sizeof *page->lines)) {
            return TRABAO_NO_MEMORY;
        }
        note_line(page, line);
    }
    return TRABAO_OK;
}

static bool is_heading(const struct line *line)
{
    return line->len <= HEADING_MAX && !strchr(".;,:", line->text[line->len - 1]);
}

static bool is_paragraph(const struct line *line)
{
    return line->kind == LINE_TEXT && !is_heading(line);
}

/* ---- what the lines are ---------------------------------------------------------------------------------------- */

/* Links to other articles: headings below `Tin liên quan`, up to a paragraph. */
static void drop_related(struct page *page)
{
    bool related = false;
    for (size_t i = 0; i < page->count; i++) {
        struct line *line = &page->lines[i];
        related = line->kind == LINE_RELATED || (related && !is_paragraph(line));
        if (related && line->kind == LINE_TEXT) {
            line->kind = LINE_RELATED;
        }
    }
}

static void find_paragraphs(struct page *page)
{
    page->first = page->last = NOWHERE;
    for (size_t i = 0; i < page->count; i++) {
        if (is_paragraph(&page->lines[i])) {
            page->first = MIN(page->first, i);
            page->last = i;
        }
    }
}

/* A section's name among the paragraphs, or in a text that is no portal's page, is text. */
static void keep_sections(struct page *page)
{
    for (size_t i = 0; i < page->count; i++) {
        struct line *line = &page->lines[i];
        const bool inside = page->first != NOWHERE && i > page->first && i < page->last;
        if (line->kind == LINE_SECTION && (!page->furnished || inside)) {
            line->kind = LINE_TEXT;
        }
    }
}

/* The text line before, or the first one behind a place; NOWHERE: none. */
static size_t text_before(const struct page *page, size_t from)
{
    while (from-- > 0) {
        if (page->lines[from].kind != LINE_BLANK) {
            return page->lines[from].kind == LINE_TEXT ? from : NOWHERE;
        }
    }
    return NOWHERE;
}

static size_t text_behind(const struct page *page, size_t from)
{
    while (from < page->count && page->lines[from].kind != LINE_TEXT) {
        from++;
    }
    return from < page->count ? from : NOWHERE;
}

static bool has_words(const struct line *line, size_t least)
{
    size_t words = 0;
    for (size_t i = 0; i < line->len; i++) {
        words += line->text[i] != ' ' && (i == 0 || line->text[i - 1] == ' ');
    }
    return words >= least;
}

/*
 * The title stands right before the date line or behind it; on a page without a date line on top, above the first
 * paragraph; in a text without furniture, on top.
 */
static void find_title(struct page *page)
{
    const bool dated = page->date_line < page->first;
    const size_t place = dated ? page->date_line : page->first;
    page->title = NOWHERE;
    if (page->furnished && place != NOWHERE) {
        const size_t before = text_before(page, place);
        if (before != NOWHERE && is_heading(&page->lines[before]) && has_words(&page->lines[before], TITLE_WORDS_MIN)) {
            page->title = before;
            return;
        }
    }
    if (page->furnished && !dated) {
        return;
    }
    const size_t top = text_behind(page, dated ? page->date_line : 0);
    if (top != NOWHERE && is_heading(&page->lines[top]) && text_behind(page, top + 1) != NOWHERE) {
        page->title = top;
    }
}

/* The last line of the text, if the page is a portal's: there the writer's name stands alone. */
static void find_signature(struct page *page)
{
    const bool counted_below = page->reads_line != NOWHERE && page->first < page->reads_line;
    page->signature = NOWHERE;
    for (size_t i = counted_below ? page->reads_line : page->count; page->furnished && i-- > 0;) {
        const struct line *line = &page->lines[i];
        if (line->kind != LINE_TEXT) {
            continue;
        }
        if (page->last != NOWHERE && i > page->last && i != page->title) {
            bool is_source;
            const struct corpus_text name = furniture_signature(line->text, line->len, &is_source);
            *(is_source ? &page->source : &page->author) = name;
            page->signature = name.text ? i : NOWHERE;
        }
        return;
    }
}

/* ---- title from the lead --------------------------------------------------------------------------------------- */

/* A stop ends a sentence unless it belongs to an abbreviation: TP. HCM, Tp. Huế. */
static bool ends_sentence(const char *text, size_t at)
{
    if (text[at] == '?' || text[at] == '!') {
        return true;
    }
    size_t letters = 0;
    while (letters < at && isalpha((unsigned char)text[at - letters - 1])) {
        letters++;
    }
    const bool whole = letters == at || text[at - letters - 1] == ' ';
    return letters == 0 || !whole || letters > ABBREVIATION_MAX || !isupper((unsigned char)text[at - letters]);
}

static size_t first_sentence(const char *text, size_t n)
{
    for (size_t i = 1; i + 1 < n; i++) {
        if (strchr(".?!", text[i]) && text[i + 1] == ' ' && ends_sentence(text, i)) {
            return text[i] == '.' ? i : i + 1;
        }
    }
    return n;
}

/* Where TEXT can be cut to N bytes, with more behind: after the last clause of the second half, else the last word. */
static size_t last_break(const char *text, size_t n)
{
    size_t word = 0;
    for (size_t i = n; i > n / 2; i--) {
        if (text[i] != ' ') {
            continue;
        }
        if (strchr(",;:", text[i - 1])) {
            return i;
        }
        word = word ? word : i;
    }
    return word ? word : n;
}

/* The lead's first sentence; a long one is cut. */
static struct corpus_text title_from_lead(const struct line *lead)
{
    const char *text = lead->text;
    size_t n = first_sentence(text, lead->len);
    size_t characters = 0, end = 0;
    while (end < n && characters < LEAD_TITLE_MAX) {
        uint32_t c;
        end += utf8_decode(text + end, n - end, &c);
        characters++;
    }
    if (end < n) {
        n = last_break(text, end);
    }
    while (n && strchr(".,;: ", text[n - 1])) {
        n--;
    }
    return (struct corpus_text){text, n};
}

/* ---- the record ------------------------------------------------------------------------------------------------ */

static struct corpus_text title_of(const struct page *page)
{
    if (page->title != NOWHERE) {
        return (struct corpus_text){page->lines[page->title].text, page->lines[page->title].len};
    }
    const size_t lead = page->first != NOWHERE ? page->first : text_behind(page, 0);
    return page->furnished && lead != NOWHERE ? title_from_lead(&page->lines[lead]) : (struct corpus_text){0};
}

/* The lines that are left. */
static bool write_body(const struct page *page, struct buf *body)
{
    bool gap = false;
    for (size_t i = 0; i < page->count; i++) {
        const struct line *line = &page->lines[i];
        if (line->kind != LINE_TEXT || i == page->title || i == page->signature) {
            gap = gap || line->kind == LINE_BLANK;
            continue;
        }
        if (body->len) {
            buf_append_str(body, gap ? "\n\n" : "\n");
        }
        gap = false;
        buf_append(body, line->text, line->len);
    }
    return !buf_failed(body);
}

/* A page is one record, the first of its file. */
static enum trabao_status reject_page(const struct corpus_batch *batch, const struct corpus_sink *sink,
                                      const char *step, const char *reason, struct trabao_error *err)
{
    const struct format_failure failure = {
        .number = 1, .step = step, .reason = reason, .bytes = {batch->bytes.data, batch->bytes.len}};
    return format_reject(batch, sink, &failure, err);
}

static enum trabao_status give_page(const struct corpus_batch *batch, const struct corpus_sink *sink, struct page *page,
                                    const char *encoding, struct trabao_error *err)
{
    struct buf body, key;
    buf_init(&body, SIZE_MAX / 2);
    buf_init(&key, SIZE_MAX / 2);
    drop_related(page);
    find_paragraphs(page);
    keep_sections(page);
    find_title(page);
    find_signature(page);
    enum trabao_status status;
    if (!format_key(batch, 1, &key) || !write_body(page, &body)) {
        status = error_no_memory(err);
    } else {
        const struct corpus_record record = {.key = {key.data, key.len},
                                             .title = title_of(page),
                                             .author = page->author,
                                             .source = page->source,
                                             .date = page->date,
                                             .body = {body.len ? body.data : NULL, body.len},
                                             .reads = page->reads,
                                             .path = batch->path,
                                             .number = 1,
                                             .encoding = encoding};
        status = record.title.len || record.body.len
                     ? sink->record(sink->context, &record, err)
                     : reject_page(batch, sink, "empty", "nothing but the portal's own lines", err);
    }
    buf_free(&body);
    buf_free(&key);
    return status;
}

/* Makes PAGE of the bytes of BATCH and gives it, or what is wrong with it, to SINK. */
static enum trabao_status parse(const struct corpus_batch *batch, const struct corpus_sink *sink, struct page *page,
                                struct buf *text, struct trabao_error *err)
{
    const char *encoding = "";
    if (!charset_to_utf8(buf_str(&batch->bytes), batch->bytes.len, text, &encoding)) {
        return buf_failed(text) ? error_no_memory(err)
                                : reject_page(batch, sink, "encoding",
                                              "neither UTF-8 nor an encoding that explains every byte", err);
    }
    switch (split_lines(page, buf_str(text), text->len)) {
    case TRABAO_OK:
        return give_page(batch, sink, page, encoding, err);
    case TRABAO_DATA:
        return reject_page(batch, sink, "parse", "more lines than an article can have", err);
    default:
        return error_no_memory(err);
    }
}

enum trabao_status page_parse(const struct corpus_batch *batch, const struct corpus_sink *sink,
                              struct trabao_error *err)
{
    struct buf text;
    struct page page = {.date_line = NOWHERE, .reads_line = NOWHERE, .reads = -1};
    buf_init(&text, SIZE_MAX / 2);
    const enum trabao_status status = parse(batch, sink, &page, &text, err);
    mem_free(page.lines);
    buf_free(&text);
    return status;
}
