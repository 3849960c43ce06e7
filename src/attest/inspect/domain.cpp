// TDREPORT_STRUCT and the event log of a trust domain.

#include "attest/dcap/quote.hpp"
#include "attest/dcap/rules.hpp"
#include "attest/inspect/companions.hpp"
#include "attest/inspect/event_words.hpp"
#include "attest/inspect/kinds.hpp"
#include "attest/measure/event_log.hpp"
#include "attest/measure/td_report.hpp"
#include "attest/text.hpp"
#include "hw/tdx/report.hpp"

namespace attest::inspect {

namespace {

using hw::tdx::TdReport;

base::View raw(auto const& field) { return std::as_bytes(std::span{&field, 1}); }

// The names of the runtime registers follow their numbers.
void add_rtmrs(Json& out, measure::Rtmrs const& rtmrs) {
    for (std::size_t i = 0; i < rtmrs.size(); ++i) out["rtmr" + std::to_string(i)] = hex(rtmrs[i]);
}

Json fields_of(TdReport const& it) {
    auto const& tcb = it.tee_tcb_info;
    auto const& td = it.td_info;
    Json out{
        {"report_type", hex(raw(it.mac.report_type))},
        {"cpusvn", hex(it.mac.cpu_svn)},
        {"tee_tcb_info_hash", hex(it.mac.tee_tcb_info_hash)},
        {"tee_info_hash", hex(it.mac.tee_info_hash)},
        {"reportdata", hex(it.mac.report_data)},
        {"mac", hex(it.mac.mac)},
        {"tee_tcb_svn", hex(tcb.tee_tcb_svn)},
        {"mrseam", hex(tcb.mr_seam)},
        {"mrsignerseam", hex(tcb.mr_signer_seam)},
        {"seamattributes", hex(raw(tcb.attributes))},
        {"tdattributes", hex(raw(td.attributes))},
        {"xfam", hex(raw(td.xfam))},
        {"mrtd", hex(td.mr_td)},
        {"mrconfigid", hex(td.mr_config_id)},
        {"mrowner", hex(td.mr_owner)},
        {"mrownerconfig", hex(td.mr_owner_config)},
    };
    add_rtmrs(out, td.rtmr);
    out["servtd_hash"] = hex(td.serv_td_hash);
    out["debug"] = (td.attributes & hw::tdx::TdAttributes::debug) != 0;
    return out;
}

void check_hash(
    Description& out, std::string name, base::View part, base::View stored, Place place
) {
    auto const digest = crypto::sha384(part);
    out.check(
        std::move(name),
        base::equal(digest, stored),
        {.expected = hex(digest), .found = hex(stored), .place = std::move(place)}
    );
}

// Fields of the bytes that the file lacks.
void drop_head(Json& fields) {
    for (auto const* name : {"report_type", "cpusvn", "tee_tcb_info_hash"}) fields.erase(name);
    fields["missing_bytes"] = measure::lost_head;
}

void check_zeros(Description& out, base::View bytes, std::size_t offset) {
    if (base::all_zero(bytes)) return;
    out.check(
        "reserved",
        false,
        {.expected = "zeros",
         .found = "other bytes",
         .place = {.part = "", .offset = offset, .field = "reserved"}}
    );
}

// The runtime registers that a quote or report beside the log holds.
struct Registers {
    measure::Rtmrs values;
    std::string source;
};

std::vector<Registers> registers(Artefacts beside) {
    std::vector<Registers> out;
    for (auto const* file : of_kind(beside, Kind::TdReport))
        if (auto const read = measure::read_td_report(file->bytes))
            out.push_back({.values = read->report.td_info.rtmr, .source = file->source});
    auto const policy = Policy::authentic();
    for (auto const* file : of_kind(beside, Kind::Evidence)) {
        Judge judge{policy, dcap::rules::all_tdx, {ReportData::unbound(), Measurements::unbound()}};
        auto const quote = dcap::read_quote(judge, file->bytes);
        auto const* td = quote ? std::get_if<dcap::TdBody>(&quote->body) : nullptr;
        if (td != nullptr) out.push_back({.values = td->report.rtmr, .source = file->source});
    }
    return out;
}

void check_replay(Description& out, measure::Rtmrs const& rtmrs, Registers const& wanted) {
    for (std::size_t i = 0; i < rtmrs.size(); ++i)
        out.check(
            "rtmr" + std::to_string(i),
            rtmrs[i] == wanted.values[i],
            {.expected = hex(wanted.values[i]) + " of " + wanted.source,
             .found = hex(rtmrs[i]),
             .place = {.part = "", .offset = {}, .field = "RTMR" + std::to_string(i)}}
        );
}

void check_digests(Description& out, measure::EventLog const& log) {
    std::size_t right = 0;
    for (auto const& event : log.events) {
        auto const answer = measure::digest_of_data(event);
        if (!answer) continue;
        if (*answer) {
            ++right;
            continue;
        }
        out.check(
            "event-digest",
            false,
            {.expected = hex(crypto::sha384(event.data)),
             .found = hex(event.digest),
             .place = {
                 .part = "", .offset = event.digest_offset, .field = event_type_name(event.type)
             }}
        );
    }
    if (right != 0) out.passed("event-digest of " + std::to_string(right) + " events");
}

Json event_json(measure::Event const& event) {
    return {
        {"offset", event.offset},
        {"register", register_name(event.register_index)},
        {"type", event_type_name(event.type)},
        {"digest", hex(event.digest)},
        {"data", event_words(event)},
    };
}

} // namespace

Description describe_td_report(Artefact const& artefact, Artefacts beside) {
    (void)beside;
    Description out{.kind = "TDREPORT"};
    auto const file = *measure::read_td_report(artefact.bytes);
    auto const& report = file.report;
    auto const at = [&](std::size_t offset) {
        return file.headless ? offset - measure::lost_head : offset;
    };
    out.fields = fields_of(report);
    if (!file.headless) check_zeros(out, report.mac.reserved_04, 0x04);
    check_zeros(out, report.mac.reserved_c0, at(offsetof(TdReport, mac.reserved_c0)));
    check_zeros(out, report.reserved, at(offsetof(TdReport, reserved)));
    if (file.headless) {
        drop_head(out.fields);
        out.not_checked("tee-tcb-info-hash", "the first 48 bytes of the report are missing");
    } else {
        check_hash(
            out,
            "tee-tcb-info-hash",
            raw(report.tee_tcb_info),
            report.mac.tee_tcb_info_hash,
            {.part = "",
             .offset = offsetof(TdReport, mac.tee_tcb_info_hash),
             .field = "TEE_TCB_INFO_HASH"}
        );
    }
    check_hash(
        out,
        "tee-info-hash",
        raw(report.td_info),
        report.mac.tee_info_hash,
        {.part = "", .offset = at(offsetof(TdReport, mac.tee_info_hash)), .field = "TEE_INFO_HASH"}
    );
    out.not_checked("mac", "only the processor that made it has the key of its MAC");
    return out;
}

Description describe_event_log(Artefact const& artefact, Artefacts beside) {
    Description out{.kind = "TDX event log"};
    auto const log = measure::parse_event_log(artefact.bytes);
    if (!log) {
        out.malformed(log.error(), artefact.bytes);
        return out;
    }
    auto const rtmrs = measure::replay(*log);
    out.fields["events"] = log->events.size();
    add_rtmrs(out.fields, rtmrs);
    out.fields["event_list"] = Json::array();
    for (auto const& event : log->events) out.fields["event_list"].push_back(event_json(event));
    out.passed("form");
    check_digests(out, *log);
    auto const wanted = registers(beside);
    if (wanted.empty()) out.not_checked("rtmr", without("the quote or TDREPORT"));
    for (auto const& source : wanted) check_replay(out, rtmrs, source);
    return out;
}

} // namespace attest::inspect
