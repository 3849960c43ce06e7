// SIGSTRUCT and SGXS stream: Intel SDM volume 3D, 38.13 and 40.3.

#include "attest/inspect/companions.hpp"
#include "attest/inspect/kinds.hpp"
#include "attest/measure/sgxs.hpp"
#include "attest/measure/sigstruct.hpp"
#include "attest/text.hpp"

#include <cstdio>

namespace attest::inspect {

namespace {

using hw::sgx::Sigstruct;

base::View raw(auto const& field) { return std::as_bytes(std::span{&field, 1}); }

// yyyymmdd, a decimal digit in four bits; other bits show as they are.
std::string date_text(std::uint32_t date) {
    auto out = hex(std::uint64_t{date}).substr(2);
    return std::string(8 - out.size(), '0') + out;
}

Json fields_of(hw::sgx::SigstructBody const& it) {
    return {
        {"miscselect", hex(std::uint64_t{it.misc_select})},
        {"miscmask", hex(std::uint64_t{it.misc_mask})},
        {"cetattributes", it.cet_attributes},
        {"cetattributesmask", it.cet_mask},
        {"attributes", hex(raw(it.attributes))},
        {"attributemask", hex(raw(it.attribute_mask))},
        {"enclavehash", hex(it.enclave_hash)},
        {"isvfamilyid", hex(it.isv_family_id)},
        {"isvextprodid", hex(it.isv_ext_prod_id)},
        {"isvprodid", std::uint16_t{it.isv_prod_id}},
        {"isvsvn", std::uint16_t{it.isv_svn}},
        {"debug", (it.attributes.flags & hw::sgx::Attributes::debug) != 0},
    };
}

Json fields_of(Sigstruct const& it) {
    Json out{
        {"vendor", hex(std::uint64_t{it.author.vendor})},
        {"date", date_text(it.author.date)},
        {"swdefined", hex(std::uint64_t{it.author.sw_defined})},
    };
    out.update(fields_of(it.body));
    out["mrsigner"] = hex(measure::mr_signer(it));
    return out;
}

void check_measurement(
    Description& out,
    base::View mr_enclave,
    base::View enclave_hash,
    std::string const& other,
    Place place
) {
    out.check(
        "mrenclave",
        base::equal(mr_enclave, enclave_hash),
        {.expected = "the measurement of " + other, .found = "another", .place = std::move(place)}
    );
}

} // namespace

Description describe_sigstruct(Artefact const& artefact, Artefacts beside) {
    Description out{.kind = "SGX SIGSTRUCT"};
    auto const parsed = measure::parse_sigstruct(artefact.bytes);
    if (!parsed) {
        out.malformed(parsed.error(), artefact.bytes);
        return out;
    }
    out.fields = fields_of(*parsed);
    out.passed("form");
    out.check(
        "signature",
        measure::signature_valid(*parsed),
        {.expected = "a signature by the key of MODULUS",
         .found = "one that does not verify",
         .place = {.part = "", .offset = offsetof(Sigstruct, signature), .field = "SIGNATURE"}}
    );
    auto const quotients = measure::check_quotients(*parsed);
    out.check(
        "q1",
        quotients.q1,
        {.expected = "SIGNATURE^2 / MODULUS",
         .found = "another number",
         .place = {.part = "", .offset = offsetof(Sigstruct, q1), .field = "Q1"}}
    );
    out.check(
        "q2",
        quotients.q2,
        {.expected = "(SIGNATURE^3 - Q1 * SIGNATURE * MODULUS) / MODULUS",
         .found = "another number",
         .place = {.part = "", .offset = offsetof(Sigstruct, q2), .field = "Q2"}}
    );
    for (auto const* stream : of_kind(beside, Kind::EnclaveStream))
        if (auto const built = measure::parse_sgxs(stream->bytes))
            check_measurement(
                out,
                built->mr_enclave,
                parsed->body.enclave_hash,
                stream->source + ", " + hex(built->mr_enclave),
                {.part = "",
                 .offset = offsetof(Sigstruct, body.enclave_hash),
                 .field = "ENCLAVEHASH"}
            );
    return out;
}

Description describe_sigstruct_body(Artefact const& artefact, Artefacts beside) {
    auto const body = *read_as<hw::sgx::SigstructBody>(artefact);
    Description out{.kind = "body of an SGX SIGSTRUCT, not signed"};
    out.fields = fields_of(body);
    out.passed("form");
    auto const sigstructs = of_kind(beside, Kind::Sigstruct);
    if (sigstructs.empty()) out.not_checked("sigstruct", without("the SIGSTRUCT"));
    for (auto const* file : sigstructs)
        if (auto const sigstruct = measure::parse_sigstruct(file->bytes))
            out.check(
                "sigstruct",
                base::equal(raw(sigstruct->body), artefact.bytes),
                {.expected = "what " + file->source + " has signed",
                 .found = "another body",
                 .place = {.part = "", .offset = 0, .field = "MISCSELECT to ISVSVN"}}
            );
    return out;
}

Description describe_enclave_stream(Artefact const& artefact, Artefacts beside) {
    Description out{.kind = "SGXS stream"};
    auto const built = measure::parse_sgxs(artefact.bytes);
    if (!built) {
        out.malformed(built.error(), artefact.bytes);
        return out;
    }
    out.fields = {
        {"mrenclave", hex(built->mr_enclave)},
        {"size", hex(built->size)},
        {"ssaframesize", built->ssa_frame_pages},
        {"eadd", built->pages},
        {"tcs", built->thread_pages},
        {"eextend", built->measured_parts},
    };
    if (built->unmeasured_parts != 0) out.fields["not_measured"] = built->unmeasured_parts;
    out.passed("form");
    auto const sigstructs = of_kind(beside, Kind::Sigstruct);
    if (sigstructs.empty()) out.not_checked("mrenclave", without("the SIGSTRUCT"));
    for (auto const* file : sigstructs)
        if (auto const sigstruct = measure::parse_sigstruct(file->bytes))
            check_measurement(
                out,
                built->mr_enclave,
                sigstruct->body.enclave_hash,
                file->source + ", " + hex(sigstruct->body.enclave_hash),
                {.part = "", .offset = {}, .field = "MRENCLAVE"}
            );
    return out;
}

} // namespace attest::inspect
