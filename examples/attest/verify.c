/* verify_c EVIDENCE SECONDS ENDORSEMENT...: the same as verify.cpp, in C. */

#include <enarx/attest/attest.h>

#include <stdio.h>
#include <stdlib.h>

enum { usage = 2, largest = 4 * 1024 * 1024 };

/* No data where the file cannot be read; the caller frees them. */
static enarx_attest_bytes read_file(char const* path) {
    enarx_attest_bytes bytes = {NULL, 0};
    FILE* file = fopen(path, "rb");
    if (!file) return bytes;
    uint8_t* data = malloc(largest);
    if (data) bytes.size = fread(data, 1, largest, file);
    bytes.data = data;
    fclose(file);
    return bytes;
}

static void print(enarx_attest_finding const* finding) {
    if (finding->outcome != ENARX_ATTEST_FAILED && finding->outcome != ENARX_ATTEST_RULE_UNDECIDED) return;
    printf("%s: expected %s, found %s (%s)\n", finding->rule, finding->expected, finding->found, finding->manual);
}

static int show(enarx_attest_appraisal const* appraisal) {
    for (size_t i = 0; i < enarx_attest_appraisal_findings(appraisal); ++i) {
        enarx_attest_finding finding = {.size = sizeof finding};
        if (enarx_attest_appraisal_finding(appraisal, i, &finding)) print(&finding);
    }
    printf("%s\n", enarx_attest_appraisal_kind(appraisal));
    enarx_attest_verdict const verdict = enarx_attest_appraisal_verdict(appraisal);
    if (verdict == ENARX_ATTEST_ACCEPTED) {
        enarx_attest_bytes const measurement = enarx_attest_appraisal_measurement(appraisal);
        printf("measurement ");
        for (size_t i = 0; i < measurement.size; ++i) printf("%02x", measurement.data[i]);
        printf("\n");
    }
    return verdict;
}

static int add(enarx_attest_endorsements* endorsements, char const* path) {
    enarx_attest_bytes const bytes = read_file(path);
    char const* why = bytes.data ? enarx_attest_endorsements_add(endorsements, bytes, path) : "cannot be read";
    if (why) fprintf(stderr, "%s: no endorsement: %s\n", path, why);
    free((void*)bytes.data);
    return !why;
}

int main(int count, char** words) {
    if (count < 3) {
        fprintf(stderr, "usage: %s EVIDENCE SECONDS ENDORSEMENT...\n", words[0]);
        return usage;
    }
    enarx_attest_verifier* verifier = enarx_attest_verifier_new();
    enarx_attest_endorsements* endorsements = enarx_attest_endorsements_new();
    enarx_attest_policy* policy = enarx_attest_policy_authentic();
    int status = 0;
    for (int i = 3; i < count; ++i)
        if (!add(endorsements, words[i])) status = usage;

    enarx_attest_bytes const evidence = read_file(words[1]);
    enarx_attest_request const request = {
        .size = sizeof request,
        .evidence = evidence,
        .endorsements = endorsements,
        .policy = policy,
        .report_data = {.binding = ENARX_ATTEST_UNBOUND},
        .measurements = {.binding = ENARX_ATTEST_UNBOUND},
        .at = atoll(words[2]),
    };
    enarx_attest_appraisal* appraisal = status == 0 ? enarx_attest_appraise(verifier, &request) : NULL;
    if (appraisal) {
        status = show(appraisal);
    } else if (status == 0) {
        fprintf(stderr, "%s: no evidence of any kind\n", words[1]);
        status = usage;
    }
    enarx_attest_appraisal_free(appraisal);
    enarx_attest_policy_free(policy);
    enarx_attest_endorsements_free(endorsements);
    enarx_attest_verifier_free(verifier);
    free((void*)evidence.data);
    return status;
}
