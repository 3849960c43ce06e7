// attest_bench CASES [REPEAT [THREADS]], or attest_bench --digests REPEAT PAGES: what enarx-attest
// makes of the cases of test/peers/cases.py, a line of JSON each, in the form of the other
// verifiers there; with THREADS also how many verifications a second they do together.

#include "attest/measure/snp_pages.hpp"
#include "attest/verify.hpp"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <fstream>
#include <iostream>
#include <iterator>
#include <thread>

#include <nlohmann/json.hpp>

namespace {

using Json = nlohmann::json;
using Bytes = std::vector<std::byte>;
using Clock = std::chrono::steady_clock;

Bytes read(std::string const& path) {
    std::ifstream file{path, std::ios::binary};
    std::string const text{std::istreambuf_iterator<char>(file), {}};
    auto const view = base::view_of(text);
    return {view.begin(), view.end()};
}

// Everything that a relying party has in memory before it begins.
struct Case {
    std::string name;
    std::string mode;
    Bytes evidence;
    std::vector<std::pair<std::string, Bytes>> files;
    std::chrono::sys_seconds at;
};

Case case_of(Json const& json, bool complete) {
    static constexpr std::array chain{"leaf", "ask"};
    static constexpr std::array collateral{
        "crl", "tcb_info", "qe_identity", "signer", "pck_crl", "root_crl"
    };
    Case out{
        .name = json.at("name"),
        .mode = complete ? "complete" : "chain",
        .evidence = read(json.at("evidence")),
        .files = {},
        .at = std::chrono::sys_seconds{std::chrono::seconds{json.at("at").get<std::int64_t>()}},
    };
    auto const add = [&](char const* name) {
        if (json.contains(name)) out.files.emplace_back(name, read(json.at(name)));
    };
    for (auto const* name : chain) add(name);
    if (complete)
        for (auto const* name : collateral) add(name);
    return out;
}

struct Verifier {
    attest::Roots roots = attest::Roots::builtin();
    attest::Policy policy = attest::Policy::authentic();
    attest::Expected expected{attest::ReportData::unbound(), attest::Measurements::unbound()};

    std::optional<attest::Appraisal> verify(
        Case const& of, attest::Endorsements const& endorsements, attest::SignatureMemo* memo
    ) const {
        return attest::verify({
            .evidence = of.evidence,
            .endorsements = endorsements,
            .roots = roots,
            .policy = policy,
            .expected = expected,
            .at = of.at,
            .memo = memo,
        });
    }
};

attest::Endorsements endorsements_of(Case const& of) {
    attest::Endorsements out;
    for (auto const& [name, bytes] : of.files) {
        auto const added = out.add(bytes, name);
        if (!added) std::cerr << of.name << ": " << name << ": " << added.error().expected << "\n";
    }
    return out;
}

template <class Work> double median_us(int repeat, Work&& work) {
    std::vector<double> times;
    for (int i = 0; i < repeat; ++i) {
        auto const started = Clock::now();
        work();
        times.push_back(std::chrono::duration<double, std::micro>(Clock::now() - started).count());
    }
    std::ranges::nth_element(times, times.begin() + repeat / 2);
    return times[std::size_t(repeat) / 2];
}

std::string refusal(attest::Appraisal const& appraisal) {
    std::string out;
    for (auto const& finding : appraisal.findings())
        if (finding.outcome == attest::Outcome::Failed ||
            finding.outcome == attest::Outcome::Undecided)
            out += (out.empty() ? "" : ", ") + std::string(finding.rule->id);
    return out;
}

void report(Case const& of, int repeat) {
    Verifier const verifier;
    auto const appraisal = verifier.verify(of, endorsements_of(of), nullptr);
    bool const accepted = appraisal && appraisal->verdict() == attest::Verdict::Accepted;
    Json out{
        {"peer", "enarx"},
        {"name", of.name},
        {"mode", of.mode},
        {"outcome", accepted ? "accepted" : "refused"},
        {"reason", appraisal ? refusal(*appraisal) : "no evidence"},
        {"us", 0},
    };
    if (accepted && repeat > 0) {
        // Cold: all inputs parsed anew, roots too, nothing remembered.
        out["us"] = median_us(repeat, [&] {
            Verifier const fresh;
            auto const answer = fresh.verify(of, endorsements_of(of), nullptr);
            if (!answer->claims()) std::abort();
        });
        // Cached: the same platform's next evidence.
        auto const endorsements = endorsements_of(of);
        attest::SignatureMemo memo;
        out["cached_us"] = median_us(repeat, [&] {
            if (!verifier.verify(of, endorsements, &memo)->claims()) std::abort();
        });
    }
    std::cout << out.dump() << "\n";
}

struct Cost {
    double wall_s;
    double cpu_s; // of all threads: on a busy machine the one that tells
};

// 10 000 cold verifications, shared out evenly.
Cost many(Case const& of, unsigned threads) {
    constexpr unsigned total = 10'000;
    auto const started = Clock::now();
    auto const cpu = std::clock();
    {
        std::vector<std::jthread> running;
        for (unsigned i = 0; i < threads; ++i)
            running.emplace_back([&] {
                for (unsigned n = 0; n < total / threads; ++n) {
                    Verifier const fresh;
                    if (!fresh.verify(of, endorsements_of(of), nullptr)->claims()) std::abort();
                }
            });
    }
    return {
        .wall_s = std::chrono::duration<double>(Clock::now() - started).count(),
        .cpu_s = double(std::clock() - cpu) / CLOCKS_PER_SEC,
    };
}

void report_threads(Case const& of, unsigned threads) {
    auto const one = many(of, 1);
    auto const all = many(of, threads);
    Json const out{
        {"peer", "enarx"},
        {"name", of.name},
        {"mode", "10000"},
        {"threads", threads},
        {"one_s", one.wall_s},
        {"all_s", all.wall_s},
        {"times", one.wall_s / all.wall_s},
        {"times_by_cpu", threads * one.cpu_s / all.cpu_s},
    };
    std::cout << out.dump() << "\n";
}

// Launch digests from lists of pages, each page with the digest of its contents.
int report_digests(std::string const& path, int repeat) {
    auto const cases = attest::measure::parse_snp_pages(read(path), path);
    if (!cases) {
        std::cerr << path << ": " << cases.error().expected << "\n";
        return 1;
    }
    for (auto const& of : *cases) {
        bool const right = !of.expected || of.digest() == *of.expected;
        auto const us = median_us(repeat, [&] {
            if (of.digest() == crypto::Sha384Digest{}) std::abort();
        });
        Json const out{
            {"peer", "enarx"},
            {"name", of.name},
            {"mode", "digest"},
            {"us", us},
            {"pages", of.pages.size()},
            {"outcome", right ? "accepted" : "refused"},
        };
        std::cout << out.dump() << "\n";
    }
    return 0;
}

} // namespace

int main(int count, char** words) {
    if (count < 2) {
        std::cerr << "usage: attest_bench CASES [REPEAT [THREADS]]\n";
        return 2;
    }
    int const repeat = count > 2 ? std::atoi(words[2]) : 0;
    if (words[1] == std::string_view{"--digests"})
        return count > 3 ? report_digests(words[3], repeat) : 2;
    auto const cases = Json::parse(base::text_of(read(words[1])));
    for (auto const& json : cases) {
        auto const kind = json.at("kind").get<std::string>();
        bool const more = json.contains("crl") || json.contains("tcb_info");
        if (kind != "nitro") report(case_of(json, false), repeat);
        if (kind == "nitro" || more) report(case_of(json, true), repeat);
    }
    if (count <= 3) return 0;
    for (auto const& json : cases)
        if (json.at("kind") == "snp" && json.at("good") == true && json.contains("crl")) {
            report_threads(case_of(json, true), unsigned(std::atoi(words[3])));
            break;
        }
    return 0;
}
