#include "service/access/sessions.hpp"

#include "crypto/base64.hpp"
#include "crypto/digest.hpp"
#include "os/random.hpp"

#include <algorithm>

namespace service {

std::optional<std::string> Sessions::begin(Visitor const& visitor, Clock::time_point now) {
    constexpr std::size_t size = 32;
    base::Bytes<size> name{};
    if (!os::random(name)) return {};
    auto out = crypto::encode_base64url(name);
    std::scoped_lock const lock{mutex_};
    make_room(visitor, now);
    known_.emplace(crypto::sha256(base::view_of(out)), Session{visitor, now});
    return out;
}

std::optional<Visitor> Sessions::find(std::string_view cookie, Clock::time_point now) {
    if (cookie.empty()) return {};
    std::scoped_lock const lock{mutex_};
    auto const found = known_.find(crypto::sha256(base::view_of(cookie)));
    if (found == known_.end() || now - found->second.begun >= life) return {};
    return found->second.visitor;
}

void Sessions::end(std::string_view cookie) {
    std::scoped_lock const lock{mutex_};
    known_.erase(crypto::sha256(base::view_of(cookie)));
}

void Sessions::make_room(Visitor const& visitor, Clock::time_point now) {
    std::erase_if(known_, [now](auto const& each) { return now - each.second.begun >= life; });
    auto const of_this = [&visitor](Known::value_type const& each) {
        return each.second.visitor == visitor;
    };
    if (static_cast<std::size_t>(std::ranges::count_if(known_, of_this)) < most_of_one) return;
    auto oldest = known_.end();
    for (auto each = known_.begin(); each != known_.end(); ++each)
        if (of_this(*each) && (oldest == known_.end() || each->second.begun < oldest->second.begun))
            oldest = each;
    known_.erase(oldest);
}

std::string_view cookie_named(std::string_view header, std::string_view name) {
    while (!header.empty()) {
        auto const end = header.find(';');
        auto pair = header.substr(0, end);
        header = end == std::string_view::npos ? std::string_view{} : header.substr(end + 1);
        while (pair.starts_with(' ')) pair.remove_prefix(1);
        if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=')
            return pair.substr(name.size() + 1);
    }
    return {};
}

} // namespace service
