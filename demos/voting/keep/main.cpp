// election.wasm: an election in a Keep. Its listener is called `voters` in Enarx.toml;
// /election/election.txt says what is voted on.

#include "voting/keep/file.hpp"
#include "voting/keep/server.hpp"
#include "voting/protocol/hex.hpp"

#include <cstdio>
#include <cstdlib>

namespace {

constexpr std::string_view listener_name = "voters";
constexpr char const* definition_path = "/election/election.txt";
constexpr std::size_t most_clients = 1500;

// The descriptor whose name in FD_NAMES is `name`, or -1.
int named_descriptor(std::string_view name) {
    char const* const list = std::getenv("FD_NAMES");
    std::string_view names = list ? list : "";
    for (int descriptor = 0; !names.empty(); ++descriptor) {
        std::size_t const end = std::min(names.find(':'), names.size());
        if (names.substr(0, end) == name) return descriptor;
        names.remove_prefix(std::min(end + 1, names.size()));
    }
    return -1;
}

int complain(char const* text) {
    std::fprintf(stderr, "election: %s\n", text);
    return 1;
}

std::optional<voting::Definition> read_definition() {
    auto const text = voting::read_file(definition_path);
    if (!text) {
        complain("/election/election.txt cannot be read");
        return {};
    }
    auto definition = voting::parse_definition(*text);
    if (definition) return std::move(*definition);
    auto const [line, problem] = definition.error();
    std::fprintf(
        stderr,
        "election: election.txt, line %zu: %.*s\n",
        line,
        static_cast<int>(problem.size()),
        problem.data()
    );
    return {};
}

} // namespace

int main() {
    auto definition = read_definition();
    if (!definition) return 1;
    int const listener = named_descriptor(listener_name);
    if (listener < 0) return complain("Enarx.toml has no listener with the name voters");
    auto key = voting::SigningKey::create();
    if (!key) return complain("no random numbers");

    auto const certificate = voting::listener_certificate();
    voting::Election election{
        std::move(*definition), std::move(*key), certificate.value_or(voting::Digest{})
    };
    voting::Answers answers{election, voting::evidence_for(voting::user_data(election.id()))};
    std::printf("election %s\n", voting::hex(election.id()).c_str());
    if (certificate) std::printf("certificate %s\n", voting::hex(*certificate).c_str());
    std::puts("open");
    std::fflush(stdout);
    return complain(voting::serve(listener, most_clients, answers));
}
