#include "relay/theft.hpp"

#include "base/hex.hpp"
#include "crypto/base64.hpp"
#include "os/fd.hpp"

#include <algorithm>
#include <array>
#include <bitset>
#include <cstring>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

namespace relay {

namespace {

using Bytes = std::vector<std::byte>;
using Word = std::uint64_t;

constexpr std::size_t words_of_a_key = 4;

// Most words of memory are small numbers, addresses or text that repeats itself.
bool looks_random(Word word) {
    auto const high = word >> 48U;
    std::bitset<256> seen;
    for (unsigned shift = 0; shift < 64; shift += 8) seen.set(word >> shift & 0xff);
    return high != 0 && high != 0xffff && seen.count() > 3;
}

// The private key whose number lies in memory as four words, the least of them first.
std::optional<crypto::P256SigningKey> key_of(std::span<Word const, words_of_a_key> words) {
    std::array<std::byte, words_of_a_key * sizeof(Word)> number{};
    std::memcpy(number.data(), words.data(), number.size());
    std::ranges::reverse(number);
    // RFC 5915, without its public key.
    auto der = *base::unhex("30310201010420");
    auto const curve = *base::unhex("a00a06082a8648ce3d030107");
    der.insert(der.end(), number.begin(), number.end());
    der.insert(der.end(), curve.begin(), curve.end());
    auto const pem = "-----BEGIN EC PRIVATE KEY-----\n" + crypto::encode_base64(der) +
                     "\n-----END EC PRIVATE KEY-----\n";
    auto key = crypto::P256SigningKey::parse_pem(base::view_of(pem));
    if (!key) return {};
    return std::move(*key);
}

// Whether to go on.
using Look = std::function<bool(std::span<Word const>)>;

// Pages that are there, of pieces of memory that the process may write to.
class Memory {
public:
    explicit Memory(pid_t process)
        : place_{"/proc/" + std::to_string(process) + '/'},
          memory_{::open((place_ + "mem").c_str(), O_RDONLY | O_CLOEXEC)},
          pages_{::open((place_ + "pagemap").c_str(), O_RDONLY | O_CLOEXEC)} {}

    bool readable() const { return memory_ && pages_; }

    void each_run(Look const& look) const {
        std::ifstream maps{place_ + "maps"};
        for (std::string line; std::getline(maps, line);) {
            std::istringstream words{line};
            std::string rights;
            Word first = 0;
            Word last = 0;
            char dash = 0;
            words >> std::hex >> first >> dash >> last >> rights;
            if (!rights.starts_with("rw") || last - first > largest) continue;
            if (!each_run_of({first / page, last / page}, look)) return;
        }
    }

private:
    static constexpr Word page = 4096;
    static constexpr Word largest = Word{16} << 30U;
    static constexpr Word there = Word{1} << 63U; // Documentation/admin-guide/mm/pagemap.rst
    struct Pages {
        Word first;
        Word last;
    };

    bool each_run_of(Pages pages, Look const& look) const {
        std::vector<Word> entries;
        entries.resize(pages.last - pages.first);
        if (::pread(
                pages_.number(),
                entries.data(),
                entries.size() * sizeof(Word),
                static_cast<off_t>(pages.first * sizeof(Word))
            ) <= 0)
            return true;
        for (std::size_t at = 0; at < entries.size(); ++at) {
            auto const begin = at;
            while (at < entries.size() && (entries[at] & there) != 0) ++at;
            if (at > begin && !read_run({pages.first + begin, pages.first + at}, look))
                return false;
        }
        return true;
    }
    bool read_run(Pages pages, Look const& look) const {
        std::vector<Word> words;
        words.resize((pages.last - pages.first) * page / sizeof(Word));
        auto const got = ::pread(
            memory_.number(),
            words.data(),
            words.size() * sizeof(Word),
            static_cast<off_t>(pages.first * page)
        );
        return got <= 0 ||
               look(std::span{words}.first(static_cast<std::size_t>(got) / sizeof(Word)));
    }

    std::string place_;
    os::Fd memory_;
    os::Fd pages_;
};

} // namespace

Theft key_in_memory(pid_t process, base::View public_key) {
    Theft out;
    Memory const memory{process};
    out.forbidden = !memory.readable();
    if (out.forbidden) return out;
    memory.each_run([&](std::span<Word const> words) {
        std::size_t run = 0; // of words that look random, up to this one
        for (std::size_t at = 0; at < words.size(); ++at) {
            run = looks_random(words[at]) ? run + 1 : 0;
            if (run < words_of_a_key) continue;
            ++out.tried;
            auto key = key_of(words.subspan(at + 1 - words_of_a_key).first<words_of_a_key>());
            if (!key || !std::ranges::equal(key->public_key(), public_key)) continue;
            out.key = std::move(*key);
            return false;
        }
        return true;
    });
    return out;
}

} // namespace relay
