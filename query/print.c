/*
 * print.c - one function a format. Text from papers reaches a terminal without its control characters: an escape
 * sequence in a headline must not do anything.
 */
#include "query/print.h"

#include <math.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "query/answer_json.h"
#include "text/letter.h"

#define INDENT 5      /* columns before all lines of a hit but the first */
#define WIDTH_MAX 100 /* columns: longer lines are hard to read */
#define WIDTH_MIN 30
#define SCORE_STEP 1e-6 /* what a TREC score is at least below the one before */

static const char bold[] = "\033[1m";
static const char underlined[] = "\033[4m";
static const char dim[] = "\033[2m";
static const char plain[] = "\033[0m";

static size_t terminal_width(void)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) {
        return 80;
    }
    return MAX(MIN((size_t)size.ws_col, (size_t)WIDTH_MAX), (size_t)WIDTH_MIN);
}

struct printer printer_for_stdout(enum command_format format, bool batch)
{
    const char *no_color = getenv("NO_COLOR");
    const char *term = getenv("TERM");
    const bool terminal = isatty(STDOUT_FILENO) == 1;
    const bool color =
        terminal && (no_color == NULL || no_color[0] == '\0') && (term == NULL || strcmp(term, "dumb") != 0);
    return (struct printer){.format = format, .batch = batch, .color = color, .width = terminal ? terminal_width() : 0};
}

static const char *or_empty(const char *s)
{
    return s != NULL ? s : "";
}

/* ---- text ------------------------------------------------------------------------------------------------------ */

static bool is_control(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c < 0xA0);
}

/* Prints the character at S and returns its length; adds its columns. */
static size_t put_character(const char *s, size_t n, size_t *columns)
{
    uint32_t c;
    uint8_t shape;
    uint8_t tone;
    char bytes[4];
    const size_t len = utf8_decode(s, n, &c);
    if (is_control(c)) {
        fputc(' ', stdout);
    } else {
        fwrite(bytes, 1, utf8_encode(c, bytes), stdout);
    }
    *columns += !letter_mark(c, &shape, &tone);
    return len;
}

static void put_plain(const char *s)
{
    size_t columns = 0;
    for (size_t n = strlen(s); n > 0;) {
        const size_t len = put_character(s, n, &columns);
        s += len;
        n -= len;
    }
}

static void put_style(const struct printer *p, const char *style)
{
    if (p->color) {
        fputs(style, stdout);
    }
}

static size_t columns_of_word(const char *s, size_t n)
{
    size_t columns = 0;
    while (n > 0) {
        uint32_t c;
        const size_t len = utf8_decode(s, n, &c);
        if (letter_is_blank(c)) {
            break;
        }
        columns++;
        s += len;
        n -= len;
    }
    return columns;
}

/* A snippet or title in STYLE with its marks in MARK_STYLE, broken into lines that begin at INDENT. */
static void put_marked(const struct printer *p, const struct trabao_marked *m, const char *style,
                       const char *mark_style)
{
    size_t columns = INDENT;
    size_t next = 0;
    put_style(p, style);
    for (size_t i = 0; i < m->len;) {
        const char *rest = m->text + i;
        if (next < m->mark_count && m->marks[next].start == i) {
            put_style(p, mark_style);
        }
        if (p->width > 0 && *rest == ' ' && columns + 1 + columns_of_word(rest + 1, m->len - i - 1) > p->width) {
            printf("\n%*s", INDENT, "");
            columns = INDENT;
            i++;
        } else {
            i += put_character(rest, m->len - i, &columns);
        }
        if (next < m->mark_count && m->marks[next].end <= i) {
            put_style(p, plain);
            put_style(p, style);
            next++;
        }
    }
    put_style(p, plain);
    fputc('\n', stdout);
}

static void print_text(struct printer *p, const struct trabao_hit *hit)
{
    const char *const facts[] = {hit->date, hit->source, hit->section, hit->author};
    bool any = false;
    printf("%*llu. ", INDENT - 2, (unsigned long long)p->rank);
    put_marked(p, &hit->title, bold, underlined);
    for (size_t i = 0; i < ARRAY_LEN(facts); i++) {
        if (or_empty(facts[i])[0] == '\0') {
            continue;
        }
        printf("%*s", any ? 0 : INDENT, "");
        fputs(any ? " · " : "", stdout);
        put_plain(facts[i]);
        any = true;
    }
    fputs(any ? "\n" : "", stdout);
    if (hit->snippet.len > 0) {
        printf("%*s", INDENT, "");
        put_marked(p, &hit->snippet, "", bold);
    }
    put_style(p, dim);
    printf("%*s", INDENT, "");
    put_plain(hit->key);
    if (hit->explain != NULL) {
        printf("\n%*s", INDENT, "");
        put_plain(hit->explain);
    }
    put_style(p, plain);
    fputs("\n\n", stdout);
}

/* ---- CSV ------------------------------------------------------------------------------------------------------- */

static void put_field(const char *s, size_t n, char before)
{
    if (before != '\0') {
        fputc(before, stdout);
    }
    bool quoted = n > 0 && (s[0] == ' ' || s[n - 1] == ' ');
    for (size_t i = 0; i < n && !quoted; i++) {
        quoted = s[i] == ',' || s[i] == '"' || s[i] == '\r' || s[i] == '\n';
    }
    if (!quoted) {
        fwrite(s, 1, n, stdout);
        return;
    }
    fputc('"', stdout);
    for (size_t i = 0; i < n; i++) {
        if (s[i] == '"') {
            fputc('"', stdout);
        }
        fputc(s[i], stdout);
    }
    fputc('"', stdout);
}

static void print_csv(struct printer *p, const char *query_id, const struct trabao_hit *hit)
{
    const char *const fields[] = {hit->url, hit->date, hit->author, hit->source, hit->section};
    char score[32];
    if (p->batch) {
        put_field(query_id, strlen(query_id), '\0');
    }
    put_field(hit->key, strlen(hit->key), p->batch ? ',' : '\0');
    put_field(hit->title.text, hit->title.len, ',');
    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        put_field(or_empty(fields[i]), strlen(or_empty(fields[i])), ',');
    }
    put_field(score, (size_t)snprintf(score, sizeof score, "%.3f", hit->score), ',');
    put_field(trabao_tier_name(hit->tier), strlen(trabao_tier_name(hit->tier)), ',');
    put_field(hit->snippet.text, hit->snippet.len, ',');
    fputs("\r\n", stdout);
}

/* ---- TREC ------------------------------------------------------------------------------------------------------ */

/* A run file is split at blanks, so a name must have none. */
static void put_name(const char *s)
{
    for (size_t n = strlen(s); n > 0;) {
        uint32_t c;
        const size_t len = utf8_decode(s, n, &c);
        if (letter_is_blank(c)) {
            fputc('_', stdout);
        } else {
            fwrite(s, 1, len, stdout);
        }
        s += len;
        n -= len;
    }
}

/* Evaluators sort by score, whatever the rank says; so the scores printed descend as the ranks do. */
static void print_trec(struct printer *p, const char *query_id, const struct trabao_hit *hit)
{
    p->score = p->rank == 1 ? hit->score : fmin(hit->score, p->score - SCORE_STEP);
    put_name(query_id != NULL ? query_id : "1");
    fputs(" Q0 ", stdout);
    put_name(hit->key);
    printf(" %llu %.6f trabao\n", (unsigned long long)p->rank, p->score);
}

/* ---- all ------------------------------------------------------------------------------------------------------- */

void printer_begin(struct printer *p, const char *query_id, const char *query)
{
    p->rank = 0;
    if (p->format == COMMAND_CSV && !p->begun) {
        printf("%skey,title,url,date,author,source,section,score,tier,snippet\r\n", p->batch ? "query_id," : "");
    }
    p->begun = true;
    if (p->format == COMMAND_TEXT && p->batch) {
        put_style(p, bold);
        put_plain(query_id);
        fputs(": ", stdout);
        put_plain(query);
        put_style(p, plain);
        fputs("\n\n", stdout);
    }
}

bool printer_hit(struct printer *p, const char *query_id, const struct trabao_hit *hit)
{
    char *json = NULL;
    p->rank++;
    switch (p->format) {
    case COMMAND_CSV:
        print_csv(p, query_id, hit);
        return true;
    case COMMAND_TREC:
        print_trec(p, query_id, hit);
        return true;
    case COMMAND_JSON:
    case COMMAND_JSONL:
        json = query_hit_json(hit, query_id);
        if (json == NULL) {
            return false;
        }
        puts(json);
        mem_free(json);
        return true;
    case COMMAND_TEXT:
    default:
        print_text(p, hit);
        return true;
    }
}
