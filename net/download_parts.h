/* SPDX-License-Identifier: BSD-2-Clause */
/* A download's inside, for net/download*.c:
 *
 *   download.c         its life: names, redirects, the stages, what usr/ asks
 *   download_part.c    parts of a file, one by one
 *   download_lane.c    lanes: a connection's share of the work, its loans, what transfers tell
 *   download_share.c   who is lent what
 *   download_growth.c  how many lanes there are
 *   download_retry.c   what is tried again, and when
 *   download_watch.c   silence, a trickle, a link that is lost
 *   download_room.c    sinks that have no place for every byte at a time
 *
 * A lane is one connection; it is lent a piece, and the next one before that is done. Whatever began or ends a transfer runs in
 * download_poll(); a transfer's callbacks only write down what came. Functions that return an int tell how the download ends:
 * -EINPROGRESS if it does not yet. */
#ifndef NET_DOWNLOAD_PARTS_H
#define NET_DOWNLOAD_PARTS_H

#include "config/features.h"
#include "core/errors.h"
#include "net/download.h"
#include "net/ranges.h"
#include "net/schemes.h"

/* Named by its tag in core/setting_list.c: how many lanes a download may have. */
#define TAG_CONNECTIONS SETTING_TAG(0, 4)

enum {
	LANES_MAX = CONFIG_RESUME ? 16 : 1, VALIDATOR_MAX = 128, NOTICES_MAX = 4, REDIRECTS_MAX = 8, RESTARTS_MAX = 5,
	TRIES_MAX = 5,                          /* without a byte in between: then it ends */
	KNOCKS_MAX = 4,                         /* so many knocks at a closed door are one try: waits of 1, 2, 4 and 8 s */
	BUSY_TRIES = 3, BUSY_AFTER_MAX_S = 30,
	BACKOFF_FIRST_MS = 1000, BACKOFF_MAX_MS = 8000,
	STALL_SAY_MS = 20000, STALL_END_MS = 30000,
	TRICKLE_MS = 60000, TRICKLE_BYTES = 1024,
};

/** Bytes a second: more is believed at once, less over some two seconds. */
struct meter {
	uint32_t since_ms;
	uint32_t bytes;                         /* since then */
	uint32_t rate;                          /* 0: not known yet */
	bool rising;                            /* by a quarter and more at the last look: its server still feels its way */
};

/** A piece lent to one transfer. */
struct loan {
	struct transfer_user user;
	struct lane *lane;
	struct transfer *transfer;              /* NULL: nothing is lent */
	struct range piece;                     /* what is left of it: start moves on as bytes come */
	uint64_t lent_start;                    /* where it began */
	uint64_t asked_end;                     /* piece.end as it was asked for: others may have taken of it since */
	bool began, ended, fruitful;            /* fruitful: it brought a byte */
	bool behind, none_behind;               /* asked for behind another; the scheme takes none behind it */
	enum { ANSWER_GOOD, ANSWER_NO_ROOM, ANSWER_WHOLE /* all of the same file instead of the piece */, ANSWER_ODD, ANSWER_CHANGED } answer;
	struct transfer_end end;
};

/** One connection's share. loan[now] is what it brings, the other one, if lent, was asked for behind that. */
struct lane {
	struct download *download;
	struct loan loan[2];
	unsigned now;
	uint32_t address;
	bool idle;                              /* closed, and to be lent another piece */
	bool retiring;                          /* not to be lent another */
	struct meter meter;
};

/** How the number of lanes is found: measure, open one more, measure again. */
struct growth {
	enum { GROWTH_RESTS, GROWTH_MEASURES, GROWTH_OPENS, GROWTH_TRIES } stage;
	struct lane *trial;
	unsigned proven;                        /* so many lanes have paid */
	unsigned lost;                          /* in a row, without a byte */
	bool began;                             /* measuring: with the first byte */
	uint32_t since_ms;                      /* the interval that is measured; resting: its end */
	uint32_t tried_ms;                      /* when the trial began, and the download's gained then */
	uint64_t tried_bytes;
	uint64_t bytes;                         /* download's gained at since_ms */
	uint32_t before;                        /* rate without the trial */
	uint32_t rest_ms;                       /* after the next trial that fails */
};

struct download {
	struct list link;                       /* net->downloads */
	struct net *net;
	struct uri *first, *uri;                /* the one given; the one asked now: the last redirect's, or the same */
	const struct scheme *scheme;
	struct sink *sink;
	int rc;
	struct error_detail error;              /* what fail() said when something of it ended last */
	enum { RESOLVING, FETCHING, PAUSING, OVER } stage;
	struct progress progress;
	struct dns_query dns;

	/* The file, as the first answer told: until restarted, every byte is of this version. */
	bool begun, total_known, ranges;
	uint64_t total;
	uint32_t home;                          /* the address that told */
	char validator[VALIDATOR_MAX];          /* "": none, and no byte of another answer may join those here */
	struct range part;                      /* all that is wanted of it; end 0: the file */
	struct ranges missing;
	uint64_t left;                          /* bytes in missing */
	uint64_t gained;                        /* ever */
	uint64_t best;                          /* the most that was ever here */

	/* Who brings it. */
	struct lane lane[LANES_MAX];
	struct growth growth;
	struct ranges spare;                    /* share_spare()'s result */
	bool alone;                             /* one lane from now on */
	bool one_by_one;                        /* no request behind another */
	uint64_t hold;                          /* bytes from here on have no place yet; 0: all have one */

	/* What was tried. */
	bool contact;                           /* the server has begun to send the file, once */
	bool refused_part;                      /* a part was refused by 416 or nonsense, once */
	bool followed, asked_anew;              /* since the last byte: a redirect of a later piece; the original URL again */
	bool retrying;                          /* no byte since something broke */
	int why;                                /* what broke last */
	unsigned tries, knocks;                 /* fruitless ones; knocks of the try that goes on */
	unsigned pauses;                        /* since the last byte */
	unsigned busy, redirects, restarts;
	unsigned address;                       /* of dns.address[]: the one in use */
	uint8_t tried, dropped;                 /* bits for dns.address[]: since the last byte; for good */
	uint32_t retry_ms;                      /* PAUSING: until then */
	struct netif *netif;                    /* the way to the server */
	bool unlinked;                          /* that has lost its link */
	uint32_t linked_ms;                     /* silence counts from here on */
	bool silence_said;
	uint32_t trickle_ms;                    /* the minute that is watched for too few bytes */
	uint64_t trickle_gained;

	/* The addresses of before the name was looked up again: DNS_ADDRESSES_MAX of them at most. */
	unsigned old_count;
	uint8_t old_dropped;
	uint32_t old_address[DNS_ADDRESSES_MAX];

	char words[96];
	unsigned notices_said, notices_told;
	char notice[NOTICES_MAX][112];
};

/* ---- download.c ----------------------------------------------------------------------------------------------------------------- */

/** Ask one lane for what is missing, from the beginning if what is here cannot be gone on with. */
int download_fetch(struct download *d, uint32_t now_ms);
/** Forget every byte and what is known of the file. No lane may be open. */
void download_restart(struct download *d);
/** Follow the redirect that ended @lane, the only one. */
int download_redirect(struct lane *lane, uint32_t now_ms);
/** The original URL again: a redirect's target may be good for a while only. */
int download_ask_anew(struct download *d, uint32_t now_ms);
/** Can what is here be gone on with by another transfer? */
static inline bool download_resumable(const struct download *d)
{
	return CONFIG_RESUME && d->begun && d->total_known && d->validator[0];
}

/** Any but download_start()'s own; not asked for yet, and in no list. NULL and *@rc, with fail(). */
struct download *download_new(struct net *net, const struct uri *uri, struct sink *sink, int *rc);
/** In net's list, asking for the server's addresses. */
void download_begin(struct download *d, uint32_t now_ms);
/** Make @uri the one to ask; takes it. */
int download_set_uri(struct download *d, struct uri *uri);
/** Is no more wanted than a part? */
static inline bool download_is_part(const struct download *d) { return CONFIG_SAN && d->part.end; }
/** How many bytes are wanted, once that is known. */
static inline uint64_t download_wanted(const struct download *d)
{
	return download_is_part(d) ? d->part.end - d->part.start : d->total;
}

/* ---- download_part.c ------------------------------------------------------------------------------------------------------------ */

/** What the first answer said of the file is known: 0, or why a part cannot be had of it. */
int part_check(const struct download *d);

/* ---- download_lane.c ------------------------------------------------------------------------------------------------------------ */

#define for_each_lane(lane, d) for (struct lane *lane = (d)->lane; lane < (d)->lane + LANES_MAX; lane++)

void lane_init(struct lane *lane, struct download *d);
static inline bool lane_open(const struct lane *lane) { return lane->loan[lane->now].transfer != NULL; }
/** What it was asked for last. */
static inline struct loan *lane_last(struct lane *lane)
{
	return &lane->loan[lane->loan[!lane->now].transfer ? !lane->now : lane->now];
}
/** Lend it @piece, behind what it brings now if it is open. Errors of the scheme's open(): -EAGAIN if nothing may be asked behind. */
int lane_lend(struct lane *lane, const struct range *piece, uint32_t now_ms);
/** Give the last loan's end back: it goes as far as @end. */
void lane_limit(struct lane *lane, uint64_t end);
/** What it brings now has ended well: on to the next loan. */
void lane_next(struct lane *lane, uint32_t now_ms);
/** End its transfers. */
void lane_close(struct lane *lane, uint32_t now_ms);
void lanes_close(struct download *d, uint32_t now_ms);
unsigned lanes_count(const struct download *d);
/** Are others open beside the one that is? */
static inline bool lanes_several(const struct download *d) { return CONFIG_RESUME && lanes_count(d) > 1; }
/** Milliseconds since it brought anything, or was first waited for. */
uint32_t lane_silent_ms(const struct lane *lane, uint32_t now_ms);
static inline uint32_t lane_rtt_ms(const struct lane *lane) { return lane_open(lane) ? lane->loan[lane->now].transfer->rtt_ms : 0; }
/** Bytes that its loans still have to bring. */
uint64_t lane_left(const struct lane *lane);
void meter_sample(struct meter *m, uint32_t min_ms, uint32_t now_ms);

/* ---- download_share.c ----------------------------------------------------------------------------------------------------------- */

/** May there be pieces? It takes a server that gives them, and something to know the file by. */
bool share_possible(const struct download *d);
/** Bytes a second of all lanes together, of which it is known of *@known. */
uint64_t share_rate(const struct download *d, unsigned *known);
/** Of the lanes' round trips the longest. */
uint32_t share_rtt_ms(const struct download *d);
/** How long a new connection takes until it brings something. */
uint32_t share_warm_up_ms(const struct download *d);
/** How long @bytes take at @rate bytes a second. */
uint32_t share_time_ms(uint64_t bytes, uint32_t rate);
/** Everything that nobody has, into d->spare. */
void share_spare(struct download *d);
/** Lend @lane what there is for it; -ENOENT if there is nothing, or as lane_lend(). */
int share_lend(struct lane *lane, uint32_t now_ms);
/** Can a lane that asked for all that follows go on with what nobody has? Then it does. */
bool share_extend(struct download *d);
/** Lend what can be lent to the lanes there are. */
int share_poll(struct download *d, uint32_t now_ms);

/* ---- download_growth.c ---------------------------------------------------------------------------------------------------------- */

/** The number of lanes is found out anew, from one. */
void growth_reset(struct download *d, uint32_t now_ms);
/** @lane, one of several, was lost; @fruitful: it had brought something. Closes it. */
void growth_lost(struct lane *lane, bool fruitful, uint32_t now_ms);
/** Open lanes, and retire them. */
void growth_poll(struct download *d, uint32_t now_ms);
uint32_t growth_deadline(const struct download *d, uint32_t now_ms);

/* ---- download_retry.c ----------------------------------------------------------------------------------------------------------- */

/** What @lane brings now has ended. */
int retry_ended(struct lane *lane, uint32_t now_ms);
/** Nobody could be asked: @rc. */
int retry_unreachable(struct download *d, int rc, uint32_t now_ms);
/** @lane was silent for too long. */
int retry_stalled(struct lane *lane, uint32_t now_ms);
/** Bytes came. */
void retry_progress(struct download *d);
void retry_say(struct download *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* ---- download_room.c ------------------------------------------------------------------------------------------------------------ */

/** @d's sink may be one with little room: then it has one lane, which asks for one thing at a time. */
void room_begin(struct download *d);
/** What came is forgotten. */
void room_forget(struct download *d);
/** Look how much room there is, and let the lane have it. While there is hardly any, silence is nobody's fault. */
void room_poll(struct download *d, uint32_t now_ms);
/** Is there so little room that nothing is to be asked for? */
bool room_is_short(const struct download *d);

/* ---- download_watch.c ----------------------------------------------------------------------------------------------------------- */

/** Is there a link to the server? While there is none nothing else is to be done. */
bool watch_link(struct download *d, uint32_t now_ms);
/** Say what is waited for; give up who is silent. */
int watch_poll(struct download *d, uint32_t now_ms);
uint32_t watch_deadline(const struct download *d, uint32_t now_ms);

#endif
