#include "crypto/sha384_pages.hpp"

#include "crypto/sha384_lanes.hpp"

#include <algorithm>

namespace crypto {

namespace {

Sha384Digest of_page(base::View bytes) {
    if (bytes.size() == measured_page) return sha384(bytes);
    base::Bytes<measured_page> padded{};
    std::ranges::copy(bytes, padded.begin());
    return sha384(padded);
}

} // namespace

std::vector<Sha384Digest> sha384_of_pages(base::View bytes) {
    constexpr std::size_t together = lanes::count * measured_page;
    std::vector<Sha384Digest> out;
    out.reserve(bytes.size() / measured_page + 1);
    for (; lanes::offered() && bytes.size() >= together; bytes = bytes.subspan(together)) {
        auto const eight = lanes::sha384(bytes.first(together), measured_page);
        out.insert(out.end(), eight.begin(), eight.end());
    }
    for (; !bytes.empty(); bytes = bytes.subspan(std::min(bytes.size(), measured_page)))
        out.push_back(of_page(bytes.first(std::min(bytes.size(), measured_page))));
    return out;
}

} // namespace crypto
