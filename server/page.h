/*
 * page.h - the HTML pages: home, results, article, errors. All text is Vietnamese; no page needs a script.
 */
#ifndef TRABAO_SERVER_PAGE_H
#define TRABAO_SERVER_PAGE_H

#include "server/html.h"
#include "server/site.h"

/* ---- the pages, as routes of site.c call them ---------------------------------------------------------------- */

void page_home(struct visit *visit);
void page_search(struct visit *visit);

/* The address's last part is the article's id. */
void page_article(struct visit *visit);

/* An error page; needs neither reader nor archive. */
void page_error(const struct site *site, unsigned status, const char *detail, struct buf *out);

/* ---- what they share ----------------------------------------------------------------------------------------- */

/* The arguments that links and forms of the result pages carry on. */
enum page_field {
    PAGE_Q,
    PAGE_FROM,
    PAGE_TO,
    PAGE_AUTHOR,
    PAGE_SOURCE,
    PAGE_SECTION,
    PAGE_NAME,
    PAGE_TIER,
    PAGE_SORT,
    PAGE_CURSOR,
    PAGE_AT, /* number of the page's first hit, for the eye only */
    PAGE_FIELD_COUNT
};

struct page_query {
    const char *values[PAGE_FIELD_COUNT]; /* NULL when absent; borrowed */
    bool mistaken;                        /* something in the form cannot be read: it shows all that is in it */
};

/* Words that are nothing but blanks count as absent. */
struct page_query page_query_read(const struct url *url);

/* Appends all that QUERY asks for, if anything, as the arguments of a link, escaped for an attribute. */
void page_arguments(struct buf *out, const struct page_query *query);

/*
 * Appends the address of the search QUERY with FIELD set to VALUE (NULL: without it), escaped for an attribute. The
 * paging fields stay only when FIELD is one of them: another search begins at its first page.
 */
void page_search_address(struct buf *out, const struct page_query *query, enum page_field field, const char *value);

/* Everything up to <main>. TITLE and BODY_CLASS are plain text; QUERY (may be NULL) fills the form in the head. */
void page_begin(struct buf *out, const struct site *site, const char *title, const char *body_class,
                const struct page_query *query);
void page_end(struct buf *out, const struct site *site);

/* The search box with its filters; with FOCUS the page opens with the cursor in it. */
void page_search_form(struct buf *out, const struct page_query *query, bool focus);

/* The list of hits of ANSWER, numbered from FIRST, whose links keep to QUERY. */
void page_hits(struct buf *out, const struct page_query *query, const struct trabao_answer *answer, uint64_t first);

/*
 * The whole first page of an archive of so many ARTICLES, the dated ones from the date FIRST to LAST ("" or NULL: none
 * has a date). LATEST, which may be NULL, are some to look at.
 */
void page_home_body(struct buf *out, const struct site *site, uint64_t articles, const char *first, const char *last,
                    const struct trabao_answer *latest);

/* The whole result page; ANSWER may be NULL, then PROBLEM says why there is none. */
void page_results(struct buf *out, const struct site *site, const struct page_query *query,
                  const struct trabao_answer *answer, const char *problem);

/* The whole page of one article, which a page of the results of QUERY led to; it may ask for nothing. */
void page_article_body(struct buf *out, const struct site *site, const struct page_query *query,
                       const struct trabao_article *article);

#endif
