// Records and receipts from anywhere: read or refused, checked without a crash.

#include "voting/verify/check.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    // Safety: char may alias any object.
    std::string_view const json{reinterpret_cast<char const*>(data), size};
    if (auto const kept = voting::parse_kept(json); !kept && kept.error().empty()) __builtin_trap();
    auto const record = voting::parse_record(json);
    if (!record) return 0;
    bool found = false;
    for (auto const& part :
         {check_evidence(*record, {}),
          check_election(*record, {}),
          check_board(*record),
          check_result(*record)})
        found = found || !part.empty();
    if (!found) __builtin_trap();
    return 0;
}
