#pragma once

// Reads a tar archive as its bytes come, in pieces of any size, and holds none of them: whoever is
// handed an archive of a stranger's learns of one entry after the other, and of the first that does
// not belong in a package.
//
// Taken are files, directories and symbolic links of "ustar" with pax headers for long names and
// targets. Everything else is refused: other types, absolute names, "..", empty parts, a name
// twice, a name below a file.

#include "base/result.hpp"
#include "base/view.hpp"
#include "package/tar/writer.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace package::tar {

struct Refused {
    std::string_view why; // "a name with '..'"
    std::string path;     // of the entry, where there was one
};
template <class T> using Read = base::Result<T, Refused>;

// What the reader tells. Errors of the sink end the reading.
class Sink {
public:
    Sink() = default;
    Sink(Sink const&) = delete;
    Sink& operator=(Sink const&) = delete;
    virtual ~Sink() = default;

    // The entry, and for a file then its contents in pieces.
    virtual Read<void> entry(Entry const& entry) = 0;
    virtual Read<void> contents(base::View piece) = 0;
};

struct ReaderLimits {
    std::size_t entries = 1U << 20;
    std::uint64_t bytes = 1ULL << 34; // of all contents
    std::uint64_t names = 64U << 20;  // bytes of all paths, which are kept until the end
};

class Reader {
public:
    explicit Reader(Sink& sink, ReaderLimits limits = {}) : sink_{&sink}, limits_{limits} {}

    Read<void> feed(base::View bytes);
    // Nothing more comes: the end was there, and nothing but zeros behind it.
    Read<void> finish() const;

private:
    enum class Part : std::uint8_t { Header, Pax, Contents, Padding, End };

    Read<void> take_header();
    Read<void> take_records();
    Read<void>
    take_entry(char letter, std::string path, std::string_view target, std::uint64_t size);
    Read<void> add_name(std::string_view path, Type type);
    std::size_t take(base::View bytes, std::size_t wanted);

    Sink* sink_;
    ReaderLimits limits_;
    Part part_ = Part::Header;
    std::vector<std::byte> buffer_; // a header, or the records of a pax header
    std::uint64_t left_ = 0;        // of records, contents or padding
    std::size_t padding_ = 0;       // behind them
    unsigned zero_blocks_ = 0;
    std::map<std::string, std::string, std::less<>> pax_; // of the next entry
    std::map<std::string, Type, std::less<>> names_;
    std::uint64_t total_ = 0;
    std::uint64_t kept_ = 0; // bytes of names
};

} // namespace package::tar
