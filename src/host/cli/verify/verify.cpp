#include "host/cli/verify/verify.hpp"

#include "host/cli/report.hpp"
#include "host/cli/verify/answer.hpp"
#include "host/cli/verify/application.hpp"
#include "host/cli/verify/certificate.hpp"
#include "host/cli/verify/ear.hpp"
#include "host/cli/verify/inputs.hpp"
#include "host/cli/verify/kinds.hpp"
#include "host/cli/verify/piece.hpp"
#include "host/cli/verify/policy.hpp"
#include "host/cli/verify/running.hpp"
#include "host/cli/verify/time.hpp"
#include "host/cli/verify/unknown.hpp"
#include "host/cli/verify/wishes.hpp"
#include "os/random.hpp"

#include <algorithm>

namespace host::cli {

namespace {

constexpr int refused_status = static_cast<int>(attest::Verdict::Refused);
constexpr int usage_status = 2;

// What all evidence of one call is judged by.
struct Basis {
    Anchors const& anchors;
    attest::Policy const& policy;
    attest::none::Wanted const& wanted;
    std::chrono::sys_seconds at;
    EarWriter const& ear;
    attest::Kinds kinds;
    mutable attest::SignatureMemo memo = {};
};

class Verify : public Use {
public:
    Syntax syntax(Global& global) override;
    os::OrFailure<int> carry_out(Global const& global) override;

private:
    std::vector<Option> subjects();
    std::vector<Option> values();
    std::vector<Option> answers();
    os::OrFailure<attest::none::Wanted> wanted() const;
    os::OrFailure<attest::Purposes> purposes(attest::Kind kind, base::View evidence, bool own);
    os::OrFailure<void> nothing_of_a_keep() const;
    os::OrFailure<EarWriter> ear(std::chrono::sys_seconds at) const;
    os::OrFailure<std::optional<net::WebAddress>> keep() const;
    os::OrFailure<int> ask(net::WebAddress const& address);
    os::OrFailure<void> add_results(EarWriter const& ear, attest::Appraisal const& appraisal);
    os::OrFailure<int> verdict() const;
    os::OrFailure<void> answer_all(Basis const& basis);
    os::OrFailure<void> answer(Piece const& piece, Basis const& basis);
    void record(Answer const& answer);
    void unreadable(std::string const& path, os::Failure const& why);
    std::string output() const;

    std::vector<std::string> evidence_;
    JudgeWishes wishes_;
    std::optional<std::string> report_data_;
    ApplicationWish application_;
    RunningWishes running_;
    EarWishes ear_;
    std::optional<attest::Purposes> of_; // what the evidence so far is of
    bool certificate_ = false;
    bool json_ = false;
    bool explain_ = false;

    AnswerJson answers_ = AnswerJson::array();
    std::string text_;
    std::vector<attest::Verdict> verdicts_;
};

// What is accepted at all.
std::vector<Option> Verify::subjects() {
    return {
        kind_option(wishes_),
        {.name = "--certificate",
         .help = "The files are certificates of AMD: check their chain and revocation. That is no "
                 "evidence of a Keep.",
         .target = &certificate_},
    };
}

// What evidence is compared with.
std::vector<Option> Verify::values() {
    return {
        {.name = "--report-data",
         .value = "HEX|@FILE",
         .help = "The single-use data that the attester was asked to bind.",
         .target = &report_data_},
        measurement_option(wishes_),
        {.name = "--workload",
         .value = "HEX|FILE",
         .help = "The application that should run, or its digest (enarx run --digests).",
         .target = &application_.workload},
        {.name = "--configuration",
         .value = "HEX",
         .help = "The digest of what should configure it.",
         .target = &application_.configuration},
        {.name = "--user-data",
         .value = "HEX|@FILE",
         .help = "What the application should have bound. With the two digests it stands for "
                 "the report data.",
         .target = &application_.user_data},
    };
}

// What is told.
std::vector<Option> Verify::answers() {
    return {
        no_hardware_option(wishes_),
        {.name = "--explain",
         .help = "Of accepted evidence, also tell what it does not prove: known attacks, and "
                 "which rule shows that the platform is not open to them, if any does.",
         .target = &explain_},
        {.name = "--json",
         .letter = 'j',
         .help = "As JSON: every rule, all claims, and an attestation result (EAR).",
         .target = &json_},
    };
}

Syntax Verify::syntax(Global& global) {
    (void)global;
    std::vector<Option> all;
    for (auto& part :
         {basis_options(wishes_),
          subjects(),
          values(),
          running_options(running_),
          answers(),
          ear_options(ear_)})
        all.insert(all.end(), part.begin(), part.end());
    return {
        .options = std::move(all),
        .operands = {
            {.name = "EVIDENCE",
             .help = "Files of evidence; - for standard input. Or https://HOST[:PORT], where an "
                     "application runs that a tenant deployed.",
             .target = &evidence_,
             .completion = Completion::File}
        },
    };
}

os::OrFailure<attest::none::Wanted> Verify::wanted() const {
    attest::Expected out{attest::ReportData::unbound(), attest::Measurements::unbound()};
    if (report_data_)
        out.report_data = attest::ReportData::exactly(TRY(parse_report_data(*report_data_)));
    std::vector<std::vector<std::byte>> values;
    for (auto const& text : wishes_.measurements) values.push_back(TRY(parse_measurement(text)));
    if (!values.empty()) out.measurements = attest::Measurements::any_of(std::move(values));
    return parse_application(application_, std::move(out));
}

// Bytes that are no evidence are refused, with the reason in the place of rules.
void Verify::unreadable(std::string const& path, os::Failure const& why) {
    verdicts_.push_back(attest::Verdict::Refused);
    answers_.push_back(
        {{"evidence", path},
         {"kind", nullptr},
         {"verdict", verdict_name(attest::Verdict::Refused)},
         {"exit_status", refused_status},
         {"error", {{"name", why.name}, {"text", why.text}}},
         {"rules", AnswerJson::array()},
         {"claims", nullptr}}
    );
    text_ += path + ": refused: " + why.text + '\n';
}

os::OrFailure<EarWriter> Verify::ear(std::chrono::sys_seconds at) const {
    if (ear_.out && evidence_.size() > 1)
        return failure("usage", "--ear-out is for one file of evidence at a time");
    if (ear_.key && !ear_.out && !json_)
        return failure("usage", "--ear-key wants a place for the token: --json or --ear-out FILE");
    std::optional<std::vector<std::byte>> nonce;
    if (report_data_) nonce = TRY(parse_report_data(*report_data_));
    return EarWriter::create(ear_, wishes_.policy.value_or("strict"), std::move(nonce), at);
}

void Verify::record(Answer const& answer) {
    verdicts_.push_back(answer.verdict);
    answers_.push_back(answer_json(answer));
    text_ += answer_text(answer);
}

// What the roots have to be pinned for. A root without a purpose counts for the one kind at hand.
os::OrFailure<attest::Purposes> Verify::purposes(attest::Kind kind, base::View evidence, bool own) {
    auto const out = attest::purposes_of(kind, evidence);
    if (own && of_ && *of_ != out)
        return failure(
            "usage",
            "--root without a purpose, and evidence of " + attest::text_of(*of_) + " and of " +
                attest::text_of(out),
            "say for which each root is: --root amd:FILE, intel:FILE, aws:FILE"
        );
    of_ = out;
    return out;
}

// Options that speak of a Keep have no place beside --certificate.
os::OrFailure<void> Verify::nothing_of_a_keep() const {
    bool const compared = report_data_ || !wishes_.measurements.empty() || application_.workload ||
                          application_.configuration || application_.user_data;
    bool const more =
        wishes_.kinds || wishes_.allow_no_hardware || explain_ || ear_.key || ear_.out;
    if (!certificate_ || (!compared && !more)) return {};
    return failure(
        "usage",
        "--certificate is about certificates alone, which have no report data, no measurement and "
        "no attestation result",
        "for evidence of a Keep leave it out, and give certificates with --endorsements"
    );
}

// An EAR appraises hardware; evidence without any gets none.
os::OrFailure<void> Verify::answer(Piece const& piece, Basis const& basis) {
    auto const& found = piece.found;
    auto const finish = [&](Answer made) {
        made.inside = found.inside;
        record(made);
    };
    if (found.kind == attest::Kind::NoHardware && wishes_.allow_no_hardware &&
        basis.kinds.contains(found.kind)) {
        finish(
            answer_of(piece.path, attest::none::examine(found.evidence, basis.policy, basis.wanted))
        );
        return {};
    }
    auto const* const rule =
        attest::find_rule(std::string{attest::short_name_of(found.kind)} + ".report-data");
    auto const expected =
        TRY(expected_of_hardware(basis.wanted, found, rule != nullptr && basis.policy.on(*rule)));
    auto const purposes =
        TRY(this->purposes(found.kind, found.evidence, !basis.anchors.of_the_kind.empty()));
    auto const roots = roots_for(basis.anchors, purposes);
    attest::Request const request{
        found.evidence,
        piece.endorsements ? *piece.endorsements : basis.anchors.endorsements,
        roots,
        basis.policy,
        expected,
        basis.at,
        &basis.memo,
        basis.kinds
    };
    auto const appraisal = attest::appraise(found.kind, request);
    auto made = answer_of(piece.path, appraisal);
    made.roots = uses_for(basis.anchors, purposes);
    if (auto const bound = attest::wrapped::bound_application(found); bound && appraisal.claims())
        made.runs = application_json(*bound);
    finish(std::move(made));
    return add_results(basis.ear, appraisal);
}

// To the last answer.
os::OrFailure<void> Verify::add_results(EarWriter const& ear, attest::Appraisal const& appraisal) {
    if (explain_) {
        answers_.back()["known"] = advice_json(appraisal);
        text_ += advice_text(appraisal);
    }
    return ear.add(answers_.back(), appraisal);
}

// The address, where a running Keep is to be asked and what else was said goes with that.
os::OrFailure<std::optional<net::WebAddress>> Verify::keep() const {
    std::optional<net::WebAddress> out;
    for (auto const& operand : evidence_)
        if (auto const address = TRY(keep_address(operand))) out = address;
    if (!out) {
        if (running_.given())
            return failure(
                "usage",
                "--tenant, --package, --deployment and --serial are about a Keep that runs",
                "give its address: https://HOST[:PORT]"
            );
        return out;
    }
    if (evidence_.size() > 1)
        return failure("usage", "a running Keep is asked alone", "one address at a time");
    if (certificate_ || report_data_ || application_.user_data)
        return failure(
            "usage",
            "a running Keep is asked with random bytes of this command",
            "leave out --report-data, --user-data and --certificate"
        );
    return out;
}

os::OrFailure<int> Verify::ask(net::WebAddress const& address) {
    auto const usage = [](os::Failure const& why) {
        write_error(failure_text(why));
        return usage_status;
    };
    std::vector<std::byte> nonce(32);
    if (!os::random(nonce)) return failure("internal", "the system gives no random numbers");
    auto const at = time_or_now(wishes_.at);
    if (!at) return usage(at.error());
    auto const expected = parse_running(running_, application_);
    if (!expected) return usage(expected.error());
    auto const ear = EarWriter::create(ear_, wishes_.policy.value_or("strict"), nonce, *at);
    if (!ear) return usage(ear.error());
    auto made = ask_running(address, *expected, wishes_, nonce);
    if (!made && made.error().name == "usage") return usage(made.error());
    if (!made) return std::unexpected(made.error());
    record(made->answer);
    if (made->appraisal) TRY(add_results(*ear, *made->appraisal));
    TRY(write_output(output()));
    return verdict();
}

os::OrFailure<void> Verify::answer_all(Basis const& basis) {
    for (auto const& path : evidence_) {
        auto const bytes = read_bytes(path, largest_evidence);
        if (!bytes && bytes.error().name != "file-too-large") return std::unexpected(bytes.error());
        if (!bytes) {
            unreadable(path, bytes.error());
            continue;
        }
        if (certificate_) {
            for (auto const& made :
                 certificate_answers(path, *bytes, basis.anchors, basis.policy, basis.at))
                record(made);
            continue;
        }
        auto const piece = piece_of(path, *bytes, basis.anchors.endorsements);
        if (piece)
            TRY(answer(*piece, basis));
        else
            unreadable(path, piece.error());
    }
    return {};
}

std::string Verify::output() const {
    if (!json_) return text_;
    auto const& all = answers_.size() == 1 ? answers_[0] : answers_;
    return all.dump(2, ' ', true, AnswerJson::error_handler_t::replace) + '\n';
}

os::OrFailure<int> Verify::carry_out(Global const& global) {
    (void)global;
    auto const usage = [](os::Failure const& why) {
        write_error(failure_text(why));
        return usage_status;
    };
    auto const at = time_or_now(wishes_.at);
    if (!at) return usage(at.error());
    auto const compared = wanted();
    if (!compared) return usage(compared.error());
    auto const policy = read_policy(wishes_.policy.value_or("strict"));
    if (!policy) return usage(policy.error());
    auto const accepted = wishes_.kinds ? parse_kinds(*wishes_.kinds) : attest::Kinds::all();
    if (!accepted) return usage(accepted.error());
    auto const running = keep();
    if (!running) return usage(running.error());
    if (*running) return ask(**running);
    if (auto const right = nothing_of_a_keep(); !right) return usage(right.error());
    auto const ear = this->ear(*at);
    if (!ear) return usage(ear.error());
    auto const anchors = read_anchors(wishes_.endorsements, wishes_.roots);
    if (!anchors && anchors.error().name != "endorsement-unusable") return usage(anchors.error());
    if (!anchors) {
        // Nothing is judged by what cannot be read.
        write_error(failure_text(anchors.error()));
        for (auto const& path : evidence_) unreadable(path, anchors.error());
    } else if (
        auto const done = answer_all({*anchors, *policy, *compared, *at, *ear, *accepted}); !done
    ) {
        return usage(done.error());
    }
    TRY(write_output(output()));
    return verdict();
}

// Of all that was judged.
os::OrFailure<int> Verify::verdict() const {
    for (auto const verdict : {attest::Verdict::Refused, attest::Verdict::Undecided})
        if (std::ranges::find(verdicts_, verdict) != verdicts_.end())
            return static_cast<int>(verdict);
    return static_cast<int>(attest::Verdict::Accepted);
}

} // namespace

std::unique_ptr<Use> use_verify() { return std::make_unique<Verify>(); }

} // namespace host::cli
