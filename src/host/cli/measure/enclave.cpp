#include "host/cli/measure/enclave.hpp"

#include "attest/measure/sigstruct.hpp"
#include "host/cli/key/files.hpp"
#include "host/cli/report.hpp"
#include "host/cli/verify/inputs.hpp"

#include <algorithm>
#include <bit>

namespace host::cli {

namespace {

using attest::measure::Author;
using hw::sgx::Attributes;
using hw::sgx::SigstructBody;

// 64-bit mode, x87 and SSE; all bits but INIT's are compared, so that nobody can start the enclave
// for debugging.
constexpr Attributes usual_attributes{.flags = Attributes::mode64bit, .xfrm = 3};
constexpr Attributes usual_mask{.flags = ~Attributes::init, .xfrm = ~std::uint64_t{0}};
constexpr std::uint32_t whole_mask = 0xffffffff;

os::OrFailure<Attributes>
attributes_or(std::string_view option, Given const& given, Attributes const& otherwise) {
    auto const usual = std::bit_cast<base::Bytes<sizeof(Attributes)>>(otherwise);
    return std::bit_cast<Attributes>(TRY(bytes_or(option, given, usual)));
}

// yyyymmdd: each decimal digit is kept in four bits.
os::OrFailure<std::uint32_t> parse_date(Given const& given) {
    if (!given) return 0;
    bool const digits = given->size() == 8 &&
                        std::ranges::all_of(*given, [](char c) { return c >= '0' && c <= '9'; });
    if (!digits) return failure("usage", "--date '" + *given + "' is not of the form 20261121");
    return static_cast<std::uint32_t>(TRY(parse_number("--date", "0x" + *given, whole_mask)));
}

os::OrFailure<SigstructBody> read_body(std::string const& path) {
    auto const bytes = TRY(read_bytes(path, sizeof(SigstructBody)));
    base::View left{bytes};
    auto const body = base::take<SigstructBody>(left);
    if (!body)
        return failure(
            "measure-input-invalid",
            '\'' + path + "' has " + std::to_string(bytes.size()) +
                " bytes, not the 128 of a SIGSTRUCT's body"
        );
    return *body;
}

os::OrFailure<SigstructBody>
make_body(EnclaveOptions const& options, std::optional<crypto::Sha256Digest> const& mr_enclave) {
    if (options.body) return read_body(*options.body);
    SigstructBody out{};
    out.misc_select = TRY(number_or<std::uint32_t>("--misc-select", options.misc_select, 0));
    out.misc_mask = TRY(number_or("--misc-mask", options.misc_mask, whole_mask));
    out.isv_family_id = TRY(bytes_or("--isv-family-id", options.isv_family_id, out.isv_family_id));
    out.attributes = TRY(attributes_or("--attributes", options.attributes, usual_attributes));
    out.attribute_mask = TRY(attributes_or("--attribute-mask", options.attribute_mask, usual_mask));
    out.enclave_hash = mr_enclave
                           ? *mr_enclave
                           : TRY(bytes_or("--mr-enclave", options.mr_enclave, out.enclave_hash));
    out.isv_ext_prod_id =
        TRY(bytes_or("--isv-ext-prod-id", options.isv_ext_prod_id, out.isv_ext_prod_id));
    out.isv_prod_id = TRY(number_or<std::uint16_t>("--isv-prod-id", options.isv_prod_id, 0));
    out.isv_svn = TRY(number_or<std::uint16_t>("--isv-svn", options.isv_svn, 0));
    return out;
}

Option
value_option(std::string_view name, std::string_view value, std::string_view help, Given& target) {
    return {.name = name, .value = value, .help = help, .target = &target};
}

Option file_option(std::string_view name, std::string_view help, Given& target) {
    auto out = value_option(name, "FILE", help, target);
    out.completion = Completion::File;
    return out;
}

bool any_field(EnclaveOptions const& options) {
    return options.attributes || options.attribute_mask || options.misc_select ||
           options.misc_mask || options.isv_prod_id || options.isv_svn || options.isv_family_id ||
           options.isv_ext_prod_id;
}

} // namespace

std::vector<Option> enclave_options(EnclaveOptions& options) {
    return {
        value_option(
            "--mr-enclave",
            "HEX",
            "An MRENCLAVE that is known, in the place of --stream.",
            options.mr_enclave
        ),
        file_option(
            "--body",
            "The signed body as it is (128 bytes), in the place of --stream and "
            "of all fields below.",
            options.body
        ),
        file_option("--sigstruct", "Write the SIGSTRUCT to this new file.", options.sigstruct),
        file_option("--key", "The private key that signs it.", options.key),
        value_option("--vendor", "NUMBER", "VENDOR. Default: 0.", options.vendor),
        value_option("--date", "YYYYMMDD", "DATE. Default: 00000000.", options.date),
        value_option("--sw-defined", "NUMBER", "SWDEFINED. Default: 0.", options.sw_defined),
        value_option(
            "--attributes",
            "HEX",
            "ATTRIBUTES: 16 bytes as they lie in memory. Default: "
            "64-bit mode, x87 and SSE.",
            options.attributes
        ),
        value_option(
            "--attribute-mask",
            "HEX",
            "ATTRIBUTEMASK: 16 bytes. Default: all but INIT.",
            options.attribute_mask
        ),
        value_option("--misc-select", "NUMBER", "MISCSELECT. Default: 0.", options.misc_select),
        value_option("--misc-mask", "NUMBER", "MISCMASK. Default: 0xffffffff.", options.misc_mask),
        value_option("--isv-prod-id", "NUMBER", "ISVPRODID. Default: 0.", options.isv_prod_id),
        value_option("--isv-svn", "NUMBER", "ISVSVN. Default: 0.", options.isv_svn),
        value_option(
            "--isv-family-id",
            "HEX",
            "ISVFAMILYID: 16 bytes. Default: zeros.",
            options.isv_family_id
        ),
        value_option(
            "--isv-ext-prod-id",
            "HEX",
            "ISVEXTPRODID: 16 bytes. Default: zeros.",
            options.isv_ext_prod_id
        ),
    };
}

os::OrFailure<void> check_enclave(EnclaveOptions const& options) {
    bool const author = options.vendor || options.date || options.sw_defined;
    if (!options.sigstruct && (options.key || author || any_field(options)))
        return failure("usage", "--key and the fields of a SIGSTRUCT need --sigstruct FILE");
    if (options.sigstruct && !options.key) return failure("usage", "--sigstruct needs --key");
    if (options.body && any_field(options))
        return failure("usage", "--body holds all fields: no option may name one besides");
    return {};
}

os::OrFailure<void> write_sigstruct(
    EnclaveOptions const& options, std::optional<crypto::Sha256Digest> const& mr_enclave
) {
    Author const author{
        .vendor = TRY(number_or<std::uint32_t>("--vendor", options.vendor, 0)),
        .date = TRY(parse_date(options.date)),
        .sw_defined = TRY(number_or<std::uint32_t>("--sw-defined", options.sw_defined, 0)),
    };
    auto const body = TRY(make_body(options, mr_enclave));
    auto const key = TRY(read_sgx_key(*options.key));
    auto const made = attest::measure::sign_enclave(body, author, key);
    if (!made) return std::unexpected(crypto_failure("signing"));
    return write_file(
        *options.sigstruct, std::as_bytes(std::span{&*made, 1}), os::Readers::Everybody
    );
}

} // namespace host::cli
