#include "host/vmm/launch/ask.hpp"

#include "host/vmm/backend/nil/nil.hpp"
#include "os/check.hpp"
#include "os/write_all.hpp"

#include <array>
#include <cstdlib>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace host::vmm {

namespace {

constexpr std::size_t longest_answer = 64 << 20;

std::unexpected<os::Failure> failed(std::string_view what, base::Errno error) {
    return std::unexpected(
        os::Failure{"launch-failed", std::string{what} + ": " + std::string{os::description(error)}}
    );
}

[[noreturn]] void become_exec(LaunchOrder const& order, int output) {
    ::dup2(output, STDOUT_FILENO);
    auto const failure = launch_nil(order);
    auto const text = "enarx: error: " + failure.text + " (" + std::string{failure.name} + ")\n";
    (void)os::write_all(STDERR_FILENO, std::as_bytes(std::span{text}));
    ::_exit(EXIT_FAILURE);
}

std::string read_to_end(int input) {
    std::string text;
    std::array<char, 64 << 10> buffer;
    while (text.size() < longest_answer) {
        auto const got = os::retry([&] { return ::read(input, buffer.data(), buffer.size()); });
        if (got <= 0) break;
        text.append(buffer.data(), static_cast<std::size_t>(got));
    }
    return text;
}

} // namespace

os::OrFailure<Answer> ask_exec(LaunchOrder const& order) {
    std::array<int, 2> ends{};
    if (auto const made = os::done(::pipe2(ends.data(), O_CLOEXEC)); !made)
        return failed("no pipe to exec", made.error());
    os::Fd input{ends[0]};
    os::Fd output{ends[1]};
    auto const child = os::check(::fork());
    if (!child) return failed("no process for exec", child.error());
    if (*child == 0) become_exec(order, output.number());
    output = os::Fd{};
    Answer answer{.status = 0, .text = read_to_end(input.number())};
    input = os::Fd{};
    int status = 0;
    if (os::retry([&] { return ::waitpid(*child, &status, 0); }) < 0)
        return failed("exec has no end", os::last_error());
    answer.status = WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE;
    return answer;
}

} // namespace host::vmm
