/*
 * spill.h - the articles of a load, in a temporary file, with what is needed to put them in id order.
 *
 * Articles come in any order from several threads. Of several with one key the one that was read last wins; the others
 * are superseded. spill_sort ends the loading pass and gives each article that stays its id.
 *
 * A record that is what an archive holds already is not spilled but noted: it supersedes and is superseded like any
 * other, and when it is the last of its key, there is nothing to do.
 */
#ifndef TRABAO_SPILL_H
#define TRABAO_SPILL_H

#include "archive/article.h"
#include "base/status.h"

struct spill_entry {
    int64_t id;            /* set by spill_sort */
    int64_t second;        /* of the date; 0: undated */
    int64_t replaces;      /* id of the article of the archive that has the key; 0: none */
    uint64_t key_hash;
    uint64_t content_hash;
    uint64_t order;        /* place in the input: later ones supersede earlier ones */
    uint64_t offset;       /* in the file */
    uint32_t len;          /* bytes there */
    uint32_t key;          /* offset of the key in struct spill.keys */
    uint8_t precision;   /* enum civil_precision of the date */
    bool dated;
    bool noted; /* not in the file; none is left by spill_sort */
    uint8_t unused[5]; /* entries are written as they lie in memory */
};

struct spill;

/* FOLDER is where the temporary file lives (it vanishes when it is closed). */
enum trabao_status spill_open(const char *folder, struct spill **out, struct trabao_error *err);
void spill_close(struct spill *s);

/* What one thread needs to add or to read articles. What was added is there when the port has been closed. */
struct spill_port;
enum trabao_status spill_port_open(struct spill *s, struct spill_port **out, struct trabao_error *err);
void spill_port_close(struct spill_port *port);

/*
 * ORDER decides which of several articles with one key stays. REPLACES is the id that the key has in the archive there
 * is, or 0. May run on several threads, each with its port.
 */
enum trabao_status spill_add(struct spill_port *port, const struct article *article, uint64_t order, int64_t replaces,
                             struct trabao_error *err);

/* The record at ORDER is what the archive has under this key. */
enum trabao_status spill_note(struct spill_port *port, uint64_t key_hash, uint64_t order, struct trabao_error *err);

/*
 * Removes superseded articles (counted in *SUPERSEDED) and notes, sorts by date and key, and assigns ids as if there
 * were no others. When more have been added it may be called again.
 */
enum trabao_status spill_sort(struct spill *s, uint64_t *superseded, struct trabao_error *err);

/* Gives the articles, as they stand, the distinct IDS instead, and sorts them by these. */
void spill_renumber(struct spill *s, const int64_t *ids);

/* After spill_sort: the articles in id order. */
uint32_t spill_count(const struct spill *s);
const struct spill_entry *spill_at(const struct spill *s, uint32_t i);

/* Puts the entries into the file: from now on articles can be counted and read, and that is all. */
enum trabao_status spill_put_away(struct spill *s, struct trabao_error *err);

/* *COUNT: how many articles from FIRST on have together no more than BYTES in the file; at least 1, at most MOST. */
enum trabao_status spill_fitting(struct spill_port *port, uint32_t first, uint64_t bytes, uint32_t most,
                                 uint32_t *count, struct trabao_error *err);

/* The I-th article, which points into BYTES, and its entry. */
enum trabao_status spill_read(struct spill_port *port, uint32_t i, struct spill_entry *entry, struct buf *bytes,
                              struct article *out, struct trabao_error *err);

#endif
