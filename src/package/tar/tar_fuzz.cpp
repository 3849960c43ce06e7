// Whatever the bytes and however they come: the reader answers the same, and what it takes leads
// nowhere else.

#include "package/tar/reader.hpp"

#include <cstdlib>

namespace {

using namespace package::tar;

class Watch : public Sink {
public:
    Read<void> entry(Entry const& entry) override {
        bool const outside =
            entry.path.empty() || entry.path.front() == '/' ||
            ("/" + std::string{entry.path} + "/").find("/../") != std::string::npos;
        if (outside || expected_ != 0) std::abort();
        expected_ = entry.size;
        seen += std::string{entry.path} + '\n';
        return {};
    }
    Read<void> contents(base::View piece) override {
        if (piece.empty() || piece.size() > expected_) std::abort();
        expected_ -= piece.size();
        return {};
    }
    std::string seen;

private:
    std::uint64_t expected_ = 0;
};

std::string answer(base::View bytes, std::size_t step) {
    Watch watch;
    Reader reader{watch, {.entries = 1000, .bytes = 1U << 24}};
    for (std::size_t at = 0; at < bytes.size(); at += step)
        if (auto const fed = reader.feed(bytes.subspan(at, std::min(step, bytes.size() - at)));
            !fed)
            return watch.seen + std::string{fed.error().why};
    auto const finished = reader.finish();
    return watch.seen + (finished ? "" : std::string{finished.error().why});
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    auto const bytes = std::as_bytes(std::span{data, size});
    if (size == 0) return 0;
    if (answer(bytes, size) != answer(bytes, 1 + data[0] % 97)) std::abort();
    return 0;
}
