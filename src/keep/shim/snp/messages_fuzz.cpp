// A host that answers a request for a report with any page, or with the processor's own answer and
// any bytes over it. Expected: the report as the processor gave it, or no report and no key.

#include "keep/shim/snp/processor_for_tests.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace shim::snp;
    auto page = secrets_for_tests();
    Processor processor{page.keys[0]};
    Messages messages;
    messages.take_key(page);
    base::Bytes<64> wanted{};
    wanted.fill(std::byte{9});
    // Three bytes each: where, and what to turn there.
    processor.on_answer = [&](MessagePage& answer) {
        for (; size >= 3; data += 3, size -= 3)
            answer.at((data[0] | data[1] << 8) % answer.size()) ^= static_cast<std::byte>(data[2]);
    };
    auto const report = messages.report(processor, wanted);
    if (report.has_value() != messages.usable()) std::abort();
    if (!report) return 0;
    auto rest = *report;
    auto const made = base::take<hw::snp::AttestationReport>(rest);
    if (!made || made->report_data != wanted || made->version != 3) std::abort();
    return 0;
}
