#include "host/cli/verify/kinds.hpp"

#include "host/cli/report.hpp"

namespace host::cli {

os::OrFailure<attest::Kinds> parse_kinds(std::string_view text) {
    attest::Kinds out;
    while (true) {
        auto const comma = text.find(',');
        auto const name = text.substr(0, comma);
        auto const kind = attest::kind_named(name);
        if (!kind)
            return failure(
                "usage",
                "--kind '" + std::string{name} + "' is no kind of evidence",
                "one or more of snp, sgx, tdx, nitro, cca, csr, none, with commas"
            );
        out.add(*kind);
        if (comma == std::string_view::npos) return out;
        text.remove_prefix(comma + 1);
    }
}

} // namespace host::cli
