// Starts exec the way the nil backend does, without the command: for tests and measurements of exec
// alone.
//
//     launch_exec EXEC [--inspect] [--artefact FILE] [--config FILE] [--dir HOST::GUEST]
//     [--host-dir HOST::PATH] [--package DIR]
//                 [--env K=V] [--invoke F] [--max-memory BYTES] [--timeout-ms N] [--log FILTER]
//                 [--json] [--timings] FILE [ARGUMENT...]

#include "protocol/launch/launch.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

namespace {

using namespace protocol::launch;

// Keeps the texts that items refer to.
class Block {
public:
    void add(Kind kind, std::string text, int descriptor = no_descriptor) {
        texts_.push_back(std::move(text));
        items_.push_back({kind, descriptor, texts_.back()});
    }
    void add_number(Kind kind, std::uint64_t value) {
        auto const text = number_text(value);
        add(kind, {text.data(), text.size()});
    }
    std::vector<std::byte> bytes() const {
        std::vector<std::byte> block(encoded_size(items_));
        if (!encode(items_, block)) std::abort();
        return block;
    }

private:
    std::deque<std::string> texts_;
    std::vector<Item> items_;
};

int open_or_die(std::string const& path, int flags) {
    int const fd = ::open(path.c_str(), flags);
    if (fd < 0) {
        std::perror(path.c_str());
        std::exit(127);
    }
    return fd;
}

void add_directory(Block& block, Kind kind, std::string const& pair) {
    auto const colons = pair.find("::");
    auto const host = pair.substr(0, colons);
    auto const guest = colons == std::string::npos ? host : pair.substr(colons + 2);
    block.add(kind, guest, open_or_die(host, O_PATH | O_DIRECTORY));
}

std::string file_text(std::string const& path) {
    std::ifstream file{path};
    return {std::istreambuf_iterator<char>{file}, {}};
}

std::uint64_t monotonic_ns() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 +
           static_cast<std::uint64_t>(now.tv_nsec);
}

// Takes one option with its value off the command line; false at the first that is none.
bool take_option(Block& block, std::string& action, char**& arguments) {
    std::string const option = *arguments;
    if (!option.starts_with("--")) return false;
    ++arguments;
    if (option == "--inspect") return action = "inspect", true;
    if (option == "--json") return block.add(Kind::LogFormat, "json"), true;
    if (option == "--timings") return block.add_number(Kind::Timings, monotonic_ns()), true;
    if (*arguments == nullptr) return false;
    std::string const value = *arguments++;
    if (option == "--artefact") block.add(Kind::Artefact, "", open_or_die(value, O_RDONLY));
    if (option == "--config") block.add(Kind::Configuration, file_text(value));
    if (option == "--dir") add_directory(block, Kind::Directory, value);
    if (option == "--host-dir") add_directory(block, Kind::HostDirectory, value);
    if (option == "--package")
        block.add(Kind::PackageDirectory, "", open_or_die(value, O_RDONLY | O_DIRECTORY));
    if (option == "--env") block.add(Kind::Environment, value);
    if (option == "--invoke") block.add(Kind::Invoke, value);
    if (option == "--max-memory")
        block.add_number(Kind::MaxMemory, std::strtoull(value.c_str(), nullptr, 10));
    if (option == "--timeout-ms")
        block.add_number(Kind::TimeoutMs, std::strtoull(value.c_str(), nullptr, 10));
    if (option == "--log") block.add(Kind::LogFilter, value);
    return true;
}

} // namespace

int main(int argc, char** argv) {
    if (argc < 3) return 125;
    // exec reads its block from descriptor 3: keep it free.
    if (::dup2(open_or_die("/dev/null", O_RDONLY), block_descriptor) < 0) return 125;
    Block block;
    std::string action = "run";
    char** arguments = argv + 2;
    while (*arguments != nullptr && take_option(block, action, arguments)) {
    }
    if (*arguments == nullptr) return 125;
    block.add(Kind::Action, action);
    std::string const file = *arguments++;
    block.add(Kind::Module, file.substr(file.rfind('/') + 1), open_or_die(file, O_RDONLY));
    for (; *arguments != nullptr; ++arguments) block.add(Kind::Argument, *arguments);

    auto const bytes = block.bytes();
    int const memory = ::memfd_create("launch", 0);
    if (::write(memory, bytes.data(), bytes.size()) != ssize_t(bytes.size())) return 125;
    if (::lseek(memory, 0, SEEK_SET) != 0 || ::dup2(memory, block_descriptor) < 0) return 125;
    ::close(memory);
    char const* const program[] = {"exec", nullptr};
    char const* const environment[] = {nullptr};
    ::execve(argv[1], const_cast<char**>(program), const_cast<char**>(environment));
    std::perror(argv[1]);
    return 125;
}
