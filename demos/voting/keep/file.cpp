#include "voting/keep/file.hpp"

#include <cstdio>
#include <memory>

namespace voting {

namespace {

struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

} // namespace

std::optional<std::string> read_file(char const* path) {
    File const file{std::fopen(path, "rb")};
    if (!file) return {};
    std::string all;
    char part[4096];
    std::size_t got = sizeof part;
    while (got == sizeof part) { // less: the end, or an error
        got = std::fread(part, 1, sizeof part, file.get());
        all.append(part, got);
    }
    if (std::ferror(file.get())) return {};
    return all;
}

bool write_file(char const* path, base::View bytes) {
    File const file{std::fopen(path, "wb")};
    if (!file) return false;
    return std::fwrite(bytes.data(), 1, bytes.size(), file.get()) == bytes.size() &&
           std::fflush(file.get()) == 0;
}

} // namespace voting
