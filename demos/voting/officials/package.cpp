#include "voting/officials/package.hpp"

#include "voting/protocol/code.hpp"
#include "voting/protocol/definition.hpp"
#include "voting/protocol/hex.hpp"

#include <charconv>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <unistd.h>

namespace voting {

namespace {

namespace fs = std::filesystem;

base::Result<std::uint32_t, std::string> number(std::string_view text) {
    std::uint32_t value = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size())
        return std::unexpected(fmt::format("'{}' is no number", text));
    return value;
}

std::uint32_t* number_field(Wishes& wishes, std::string_view option) {
    if (option == "--voters") return &wishes.voters;
    if (option == "--officials") return &wishes.officials;
    if (option == "--quorum") return &wishes.quorum;
    if (option == "--batch") return &wishes.batch;
    if (option == "--port") return &wishes.port;
    return nullptr;
}

base::Result<void, std::string>
take(Wishes& wishes, std::string_view option, std::string_view value) {
    if (auto* const field = number_field(wishes, option)) {
        *field = TRY(number(value));
        return {};
    }
    if (option == "--title")
        wishes.title = value;
    else if (option == "--choice")
        wishes.choices.emplace_back(value);
    else if (option == "--address")
        wishes.address = value;
    else
        return std::unexpected(fmt::format("unknown option '{}'", option));
    return {};
}

base::Result<std::string, std::string> new_code() {
    base::Bytes<code_length> random;
    if (getentropy(random.data(), random.size()) != 0) return std::unexpected("no random numbers");
    std::string code;
    for (std::byte const b : random)
        code += code_alphabet[std::to_integer<std::size_t>(b) % code_alphabet.size()];
    return code;
}

base::Result<void, std::string> save(fs::path const& path, std::string_view text, bool secret) {
    std::error_code failure;
    std::ofstream file{path, std::ios::binary | std::ios::trunc};
    if (secret) fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write, failure);
    file << text;
    if (!file.flush() || failure)
        return std::unexpected(fmt::format("{} cannot be written", path.string()));
    return {};
}

struct Codes {
    std::string secret; // for the folder codes/
    std::string lines;  // for the definition
};

base::Result<Codes, std::string> new_codes(CodeKind kind, std::uint32_t count, base::View salt) {
    Codes codes;
    for (std::uint32_t i = 0; i < count; ++i) {
        std::string const code = TRY(new_code());
        codes.secret += printed_code(code) + "\n";
        std::string_view const key = kind == CodeKind::Voter ? "voter" : "official";
        codes.lines += fmt::format("{}: {}\n", key, hex(code_digest(kind, salt, code)));
    }
    return codes;
}

// The application lies beside this program, in the build folder as where it is installed.
base::Result<fs::path, std::string> application() {
    std::error_code failure;
    fs::path path = fs::read_symlink("/proc/self/exe", failure).parent_path() / "election.wasm";
    if (failure || !fs::exists(path))
        return std::unexpected(fmt::format("there is no {}", path.string()));
    return path;
}

std::string configuration(Wishes const& wishes) {
    return fmt::format(
        "[limits]\nsockets = 1600\nopen_files = 2000\n\n"
        "[[files]]\nkind = \"null\"\n\n[[files]]\nkind = \"stdout\"\n\n[[files]]\nkind = "
        "\"stderr\"\n\n"
        "[[files]]\nkind = \"dir\"\npath = \"/election\"\nsource = \"package\"\n\n"
        "[[files]]\nkind = \"dir\"\npath = \"/dev/attestation\"\nsource = \"attestation\"\n\n"
        "[[files]]\nkind = \"listen\"\nname = \"voters\"\nprot = \"tls\"\naddr = \"{}\"\nport = "
        "{}\n",
        wishes.address,
        wishes.port
    );
}

struct Papers {
    std::string definition;
    Codes officials;
    Codes voters;
};

base::Result<Papers, std::string> papers(Wishes const& wishes) {
    base::Bytes<16> salt;
    if (getentropy(salt.data(), salt.size()) != 0) return std::unexpected("no random numbers");
    std::string text = fmt::format("title: {}\n", wishes.title);
    for (auto const& choice : wishes.choices) text += fmt::format("choice: {}\n", choice);
    text +=
        fmt::format("batch: {}\nquorum: {}\nsalt: {}\n", wishes.batch, wishes.quorum, hex(salt));
    Codes officials = TRY(new_codes(CodeKind::Official, wishes.officials, salt));
    Codes voters = TRY(new_codes(CodeKind::Voter, wishes.voters, salt));
    text += officials.lines + voters.lines;
    auto const checked = parse_definition(text);
    if (!checked) return std::unexpected(std::string{checked.error().problem});
    return Papers{std::move(text), std::move(officials), std::move(voters)};
}

} // namespace

base::Result<Wishes, std::string> read_wishes(std::vector<std::string_view> const& arguments) {
    Wishes wishes;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        if (!arguments[i].starts_with("--") && wishes.folder.empty()) {
            wishes.folder = arguments[i];
            continue;
        }
        if (i + 1 == arguments.size())
            return std::unexpected(fmt::format("'{}' needs a value", arguments[i]));
        TRY(take(wishes, arguments[i], arguments[i + 1]));
        ++i;
    }
    if (wishes.folder.empty()) return std::unexpected("where to? A folder is needed");
    return wishes;
}

base::Result<void, std::string> make_package(Wishes const& wishes) {
    fs::path const package = fs::path{wishes.folder} / "package";
    fs::path const codes = fs::path{wishes.folder} / "codes";
    fs::path const from = TRY(application());
    Papers const made = TRY(papers(wishes));
    std::error_code failure;
    if (fs::exists(package) || fs::exists(codes))
        return std::unexpected(fmt::format("{} holds an election already", wishes.folder));
    fs::create_directories(package, failure);
    if (!failure) fs::create_directories(codes, failure);
    if (!failure) fs::copy_file(from, package / "main.wasm", failure);
    if (failure) return std::unexpected(fmt::format("{}: {}", wishes.folder, failure.message()));
    TRY(save(codes / "officials", made.officials.secret, true));
    TRY(save(codes / "voters", made.voters.secret, true));
    TRY(save(package / "election.txt", made.definition, false));
    return save(package / "Enarx.toml", configuration(wishes), false);
}

} // namespace voting
