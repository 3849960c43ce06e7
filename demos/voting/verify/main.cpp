// election-verify: checks a published election without asking anybody: evidence, rules, board,
// result, receipts.

#include "voting/protocol/hex.hpp"
#include "voting/verify/check.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

namespace {

constexpr std::string_view usage =
    "usage: election-verify [options] election-record.json [receipt.json | secret-part.json]...\n"
    "  --certificate HEX     SHA-256 of the certificate that the browser showed\n"
    "  --workload HEX        workload digest of the Keep, as `enarx inspect` shows it\n"
    "  --configuration HEX   configuration digest of the Keep\n"
    "  --allow-no-hardware   exit status 0 although no hardware vouches for the Keep\n"
    "exit status: 0 everything fits, 1 something does not, 2 it cannot be read\n";

using voting::Digest;
template <class T> using Read = base::Result<T, std::string>;

struct Orders {
    voting::Wanted wanted;
    bool allow_no_hardware = false;
    std::vector<std::string> files;
};

Read<std::string> content(std::string const& path) {
    std::ifstream file{path, std::ios::binary};
    std::string text{std::istreambuf_iterator<char>{file}, {}};
    if (!file) return std::unexpected(fmt::format("{} cannot be read", path));
    return text;
}

// As written by us, by openssl (upper case) and by browsers (with colons).
Read<Digest> digest(std::string_view given) {
    std::string digits;
    for (char const c : given)
        if (c != ':') digits += static_cast<char>(c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c);
    auto const read = voting::from_hex<32>(digits);
    if (!read)
        return std::unexpected(fmt::format("'{}' is no SHA-256 in hexadecimal digits", given));
    return *read;
}

Read<Orders> read_orders(std::vector<std::string> const& arguments) {
    Orders orders;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        std::string const& word = arguments[i];
        if (word == "--allow-no-hardware") {
            orders.allow_no_hardware = true;
        } else if (word == "--certificate" || word == "--workload" || word == "--configuration") {
            if (++i == arguments.size())
                return std::unexpected(fmt::format("{} needs a value", word));
            auto& field = word == "--certificate" ? orders.wanted.certificate
                          : word == "--workload"  ? orders.wanted.workload
                                                  : orders.wanted.configuration;
            field = TRY(digest(arguments[i]));
        } else if (word.starts_with("-")) {
            return std::unexpected(fmt::format("unknown option {}", word));
        } else {
            orders.files.push_back(word);
        }
    }
    if (orders.files.empty()) return std::unexpected("which election? Its record is needed");
    return orders;
}

// The first error of a file, with the file's name before it.
template <class T> Read<T> named(std::string const& path, Read<T> read) {
    if (!read) return std::unexpected(fmt::format("{}: {}", path, read.error()));
    return read;
}

voting::Findings check(voting::Record const& record, voting::Wanted const& wanted) {
    voting::Findings all = check_evidence(record, wanted);
    for (auto const& part :
         {check_election(record, wanted), check_board(record), check_result(record)})
        std::ranges::copy(part, std::back_inserter(all));
    return all;
}

void show(voting::Finding const& finding, std::string_view where) {
    if (finding.rule == voting::hardware_rule) {
        fmt::print("{} ({})\n", finding.text, finding.rule);
        return;
    }
    fmt::print(
        "{} {}{}: {}\n",
        finding.fits ? "fits        " : "DOES NOT FIT",
        where,
        finding.rule,
        finding.text
    );
}

// Says all findings; the answer is whether everything fits that has to.
Read<bool> verify(Orders const& orders) {
    std::string const json = TRY(content(orders.files[0]));
    voting::Record const record = TRY(named(orders.files[0], voting::parse_record(json)));
    voting::Findings all = check(record, orders.wanted);
    for (auto const& finding : all) show(finding, "");
    for (std::size_t i = 1; i < orders.files.size(); ++i) {
        std::string const kept_json = TRY(content(orders.files[i]));
        voting::Kept const kept = TRY(named(orders.files[i], voting::parse_kept(kept_json)));
        for (auto const& finding : check_kept(record, kept)) {
            show(finding, orders.files[i] + ": ");
            all.push_back(finding);
        }
    }
    bool const fits = std::ranges::all_of(all, &voting::Finding::fits);
    return fits || (orders.allow_no_hardware && only_hardware_missing(all));
}

} // namespace

int main(int argc, char** argv) {
    auto const orders = read_orders({argv + 1, argv + argc});
    if (!orders) {
        fmt::print(stderr, "election-verify: {}\n{}", orders.error(), usage);
        return 2;
    }
    auto const fits = verify(*orders);
    if (!fits) {
        fmt::print(stderr, "election-verify: {}\n", fits.error());
        return 2;
    }
    fmt::print("{}\n", *fits ? "Everything fits." : "NOT EVERYTHING FITS.");
    return *fits ? 0 : 1;
}
