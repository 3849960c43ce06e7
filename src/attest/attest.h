/* The C interface of enarx-attest: verifies evidence of a TEE, offline.
 *
 * Neither network nor clock nor files nor global state. An object may be read by any number of threads; one that is
 * still being filled belongs to one thread. Objects end with their _free(), which also takes NULL. What an object
 * points to (text, bytes) lives as long as the object. Any number of threads may appraise with one verifier, policy and
 * set of endorsements at a time. No argument may be NULL unless its comment says so; text is UTF-8 with its zero.
 *
 * Nothing is thrown to the caller; where memory runs out the program ends (std::terminate).
 *
 * The ABI is stable: functions and constants are only ever added, structures grow only at their end and carry their
 * size in their first member. */
#pragma once

/* NOLINTBEGIN(readability-identifier-naming,modernize-use-using,modernize-deprecated-headers,performance-enum-size): this is C. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes of the caller, which have to live as long as the call, or of an object. `data` may be NULL where `size` is 0. */
typedef struct enarx_attest_bytes {
    uint8_t const* data;
    size_t size;
} enarx_attest_bytes;

/* The exit statuses of `enarx verify`. */
typedef enum enarx_attest_verdict {
    ENARX_ATTEST_ACCEPTED = 0,
    ENARX_ATTEST_REFUSED = 1,
    ENARX_ATTEST_UNDECIDED = 3, /* something is missing or stale; the findings say what */
} enarx_attest_verdict;

/* ---- what may be believed ---- */

/* Certificates, revocation lists and signed documents of the vendors. */
typedef struct enarx_attest_endorsements enarx_attest_endorsements;
enarx_attest_endorsements* enarx_attest_endorsements_new(void);
void enarx_attest_endorsements_free(enarx_attest_endorsements* endorsements);
/* DER (one or several, end to end), PEM, JSON of Intel's or a bundle of `enarx collateral`; recognised from the bytes, at
 * most 16 MiB, of which a copy is kept; `source` names them in findings. NULL, or why
 * they are no endorsement: a text that lives until the next call for this object. */
char const* enarx_attest_endorsements_add(
    enarx_attest_endorsements* endorsements, enarx_attest_bytes bytes, char const* source
);

/* For the evidence of which vendor a root counts, with AMD for which processor: a root of another purpose ends no chain.
 * To be combined with |. */
typedef enum enarx_attest_purpose {
    ENARX_ATTEST_FOR_AMD_MILAN = 1 << 0,
    ENARX_ATTEST_FOR_AMD_GENOA = 1 << 1,
    ENARX_ATTEST_FOR_AMD_TURIN = 1 << 2,
    ENARX_ATTEST_FOR_AMD = 7,
    ENARX_ATTEST_FOR_INTEL = 1 << 3, /* SGX and TDX */
    ENARX_ATTEST_FOR_AWS = 1 << 4,   /* Nitro */
} enarx_attest_purpose;

/* The roots, and a memory of verified certificates that makes the next appraisal faster: keep one. */
typedef struct enarx_attest_verifier enarx_attest_verifier;
/* Trusts the roots of AMD, Intel and AWS that are built in. */
enarx_attest_verifier* enarx_attest_verifier_new(void);
/* Trusts nothing yet. */
enarx_attest_verifier* enarx_attest_verifier_without_roots(void);
/* Trusts the certificates among `roots` for these purposes, as they are: whether one is a root, signed by its own key, is
 * not asked. While the verifier is being filled, by one thread. False: no purpose, or one that does not exist. */
bool enarx_attest_verifier_add_roots(
    enarx_attest_verifier* verifier, enarx_attest_endorsements const* roots, uint64_t purposes
);
/* Trusts the certificates among `roots` and nothing else, for the kind of evidence that the request names: its `kinds`
 * must then be of one vendor, so ENARX_ATTEST_CSR, which may hold evidence of two, is not among them: name purposes. */
enarx_attest_verifier* enarx_attest_verifier_with_roots(enarx_attest_endorsements const* roots);
/* Trusts the public keys of platforms beside the roots, for CCA, whose tokens no vendor's chain vouches for: a JWK (EC,
 * RFC 7517), or an array of {"pkey": JWK, "instance-id": HEX, "implementation-id": HEX}. While the verifier is being
 * filled, by one thread. NULL, or why they are no keys: a text that lives until the next call for this object. */
char const* enarx_attest_verifier_trust(
    enarx_attest_verifier* verifier, enarx_attest_bytes jwk, char const* source
);
void enarx_attest_verifier_free(enarx_attest_verifier* verifier);

/* Which rules are on. */
typedef struct enarx_attest_policy enarx_attest_policy;
enarx_attest_policy* enarx_attest_policy_strict(void);
enarx_attest_policy* enarx_attest_policy_authentic(void);
void enarx_attest_policy_free(enarx_attest_policy* policy);
/* Turns a rule of docs/attestation.md on or off by its id. False: no such rule, or one that cannot be turned off. */
bool enarx_attest_policy_set(enarx_attest_policy* policy, char const* rule, bool on);

/* ---- appraisal ---- */

/* What to compare with. There is no default: zero is an error, so that no comparison is left out by omission. */
typedef enum enarx_attest_binding {
    ENARX_ATTEST_NOT_SAID = 0,
    ENARX_ATTEST_UNBOUND = 1, /* any value: evidence may be old, or of any program */
    ENARX_ATTEST_ONE_OF = 2,  /* one of `values`; for report data exactly one value; none at all is never met */
} enarx_attest_binding;

/* Report data: 1 to 64 bytes, which zeros may follow in the evidence; for Nitro the nonce (or else the user data), whole,
 * of up to 1024. Measurements: 48 bytes for SEV-SNP, TDX and Nitro (PCR 0), 32 for SGX, 32, 48 or 64 for CCA; in the order
 * of the evidence. */
typedef struct enarx_attest_expected {
    enarx_attest_binding binding;
    enarx_attest_bytes const* values;
    size_t count;
} enarx_attest_expected;

/* Kinds of evidence. To be combined with |. */
typedef enum enarx_attest_kind {
    ENARX_ATTEST_SNP = 1 << 0,
    ENARX_ATTEST_SGX = 1 << 1,
    ENARX_ATTEST_TDX = 1 << 2,
    ENARX_ATTEST_NITRO = 1 << 3,
    ENARX_ATTEST_CCA = 1 << 4,
    ENARX_ATTEST_CSR = 1 << 5, /* certification request of Enarx, with evidence of SEV-SNP or SGX in it */
} enarx_attest_kind;

typedef struct enarx_attest_request {
    size_t size; /* sizeof(enarx_attest_request) */
    enarx_attest_bytes evidence; /* of one piece, by itself or in what it came in: a Keep's evidence, a report with its
                                  * certificate table, JSON of TSM. What lies beside it is a hint, and judged as such */
    enarx_attest_endorsements const* endorsements;
    enarx_attest_policy const* policy;
    enarx_attest_expected report_data;
    enarx_attest_expected measurements;
    int64_t at; /* the time to judge by: seconds since 1970-01-01T00:00:00Z; before the year 10000 */
    uint64_t kinds; /* those that count: other evidence is refused; 0: all, each of which carries report data */
    /* What has to run in a Keep of Enarx, where `data` is not NULL: digests of 32 bytes (enarx run --digests), and what the
     * application has to have bound, 0 to 64 bytes. The hardware signed one digest of the three as report data, so one of
     * them without the others wants evidence that says the others; and where the policy asks for report data
     * (snp.report-data), one that is not given leaves the verdict undecided. */
    enarx_attest_bytes workload;
    enarx_attest_bytes configuration;
    enarx_attest_bytes user_data;
} enarx_attest_request;

typedef struct enarx_attest_appraisal enarx_attest_appraisal;
/* NULL: the bytes are of no kind of evidence (a certificate, for one: it is an endorsement), or the request is incomplete:
 * its size is none that it ever had, a pointer in it is NULL, nothing is said of a comparison, the time is before 1970 or
 * after 9999, no such kinds exist, the roots have no purpose and the kinds leave the vendor open, a digest has not its
 * size, or what is expected of the application contradicts the report data that are, or is not all of it beside evidence
 * that says nothing more. An answer of any verdict is to be freed. */
enarx_attest_appraisal*
enarx_attest_appraise(enarx_attest_verifier* verifier, enarx_attest_request const* request);
void enarx_attest_appraisal_free(enarx_attest_appraisal* appraisal);

enarx_attest_verdict enarx_attest_appraisal_verdict(enarx_attest_appraisal const* appraisal);
/* Such as "SEV-SNP report" or "TDX quote". */
char const* enarx_attest_appraisal_kind(enarx_attest_appraisal const* appraisal);

/* Claims: no bytes unless the verdict is ACCEPTED. MEASUREMENT, MRENCLAVE, MRTD, PCR 0 or the realm's initial
 * measurement; REPORT_DATA, nonce (or else user data) or realm challenge. */
enarx_attest_bytes enarx_attest_appraisal_measurement(enarx_attest_appraisal const* appraisal);
enarx_attest_bytes enarx_attest_appraisal_report_data(enarx_attest_appraisal const* appraisal);

/* What runs, where the report data are made of it and it is known: as the request says or as stands in a Keep's evidence.
 * No bytes unless the verdict is ACCEPTED. User data may be empty where the others are not. */
enarx_attest_bytes enarx_attest_appraisal_workload(enarx_attest_appraisal const* appraisal);
enarx_attest_bytes enarx_attest_appraisal_configuration(enarx_attest_appraisal const* appraisal);
enarx_attest_bytes enarx_attest_appraisal_user_data(enarx_attest_appraisal const* appraisal);

typedef enum enarx_attest_outcome {
    ENARX_ATTEST_PASSED = 0,
    ENARX_ATTEST_FAILED = 1,
    ENARX_ATTEST_RULE_UNDECIDED = 2,
    ENARX_ATTEST_OFF = 3,
    ENARX_ATTEST_NOT_APPLICABLE = 4,
} enarx_attest_outcome;

/* What came out for one rule; each rule has one finding or more. Text is never NULL. */
typedef struct enarx_attest_finding {
    size_t size; /* sizeof(enarx_attest_finding) */
    enarx_attest_outcome outcome;
    char const* rule;   /* its id */
    char const* text;   /* what has to hold */
    char const* manual; /* where that is written */
    char const* expected;
    char const* found;
    char const* part;  /* which artefact */
    char const* field; /* the manual's name of the field */
    char const* hint;  /* what the user can do about it */
    size_t offset;     /* bytes from the start of the artefact; SIZE_MAX where there is none */
} enarx_attest_finding;

size_t enarx_attest_appraisal_findings(enarx_attest_appraisal const* appraisal);
/* Fills `finding`, whose size the caller has set. False: no such index, or another size. */
bool enarx_attest_appraisal_finding(
    enarx_attest_appraisal const* appraisal, size_t index, enarx_attest_finding* finding
);

#ifdef __cplusplus
}
#endif

/* NOLINTEND(readability-identifier-naming,modernize-use-using,modernize-deprecated-headers,performance-enum-size) */
