#include "attest/measure/snp_pages.hpp"

#include "attest/text.hpp"

namespace attest::measure {

namespace {

using base::Result;
using hw::snp::PageType;

Result<PageType, Unusable> page_type(PageJson const& page, Spot const& spot) {
    auto const number = TRY(number_field(page, "page_type", spot));
    if (number < static_cast<std::uint64_t>(PageType::Normal) ||
        number > static_cast<std::uint64_t>(PageType::Cpuid))
        return spot.wrong("page_type", "a type from 1 to 6", std::to_string(number));
    return static_cast<PageType>(number);
}

Result<crypto::Sha384Digest, Unusable>
contents_digest(PageJson const& page, PageType type, Spot const& spot) {
    auto const given = TRY(digest_field(page, "contents", spot));
    auto const bytes = TRY(contents_field(page, spot));
    if (!contents_measured(type)) {
        if (given && !base::all_zero(*given))
            return spot.wrong("contents", "zeros: this type has no measured contents", hex(*given));
        return crypto::Sha384Digest{};
    }
    if (!given && !bytes)
        return spot.wrong("contents", "the digest of the page, or its bytes", "neither");
    if (!bytes) return *given;
    auto const digest = crypto::sha384(*bytes);
    if (given && *given != digest)
        return spot.wrong(
            "contents", "the digest of the page's bytes, " + hex(digest), hex(*given)
        );
    return digest;
}

Result<SnpPage, Unusable> parse_page(PageJson const& page, Spot const& spot) {
    SnpPage out;
    out.type = TRY(page_type(page, spot));
    out.gpa = TRY(gpa_field(page, spot));
    out.contents = TRY(contents_digest(page, out.type, spot));
    return out;
}

Result<SnpCase, Unusable> parse_case(PageJson const& entry, std::string name, Spot spot) {
    SnpCase out{.name = std::move(name), .start = {}, .pages = {}, .expected = {}};
    out.start = TRY(digest_field(entry, "seed_launch_digest", spot)).value_or(out.start);
    out.expected = TRY(digest_field(entry, "expected_launch_digest", spot));
    for (auto const& page : entry.at("pages")) {
        out.pages.push_back(TRY(parse_page(page, spot)));
        ++spot.page;
    }
    return out;
}

} // namespace

crypto::Sha384Digest SnpCase::digest() const {
    SnpLaunch launch{start};
    for (auto const& page : pages) launch.add(page);
    return launch.digest();
}

Result<std::vector<SnpCase>, Unusable> parse_snp_pages(base::View json, std::string const& source) {
    auto const cases = TRY(parse_cases(json, source));
    std::vector<SnpCase> out;
    for (std::size_t i = 0; i < cases.size(); ++i) {
        auto name = case_name(cases[i], i);
        Spot const spot{.source = source + ", " + name};
        out.push_back(TRY(parse_case(cases[i], std::move(name), spot)));
    }
    return out;
}

} // namespace attest::measure
