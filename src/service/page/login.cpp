// The page where a visitor shows a token, and the one of what is not there.

#include "service/page/frame.hpp"
#include "service/page/page.hpp"

namespace service {

std::string login_text(std::string_view service, bool of_the_operator, Knock knock) {
    Html out;
    open_page(out, service);
    out.element("<h1>", service, "</h1>") << R"(</header>
<main id="content">
)";
    switch (knock) {
    case Knock::Asked:
        break;
    case Knock::Unknown:
        out << R"(<p class="notice" role="alert">Nobody here has this token.</p>
)";
        break;
    case Knock::TooOften:
        out << R"(<p class="notice" role="alert">Too many tries. Wait a minute, then try again.</p>
)";
        break;
    case Knock::Elsewhere:
        out << R"(<p class="notice" role="alert">This form was sent from another site. Send it from here.</p>
)";
        break;
    }
    out << R"(<form method="post" action="/login">
<p>)";
    if (of_the_operator) {
        out << "This attestation service shows itself to its operator.";
    } else {
        out << "This attestation service shows each tenant its own deployments: to a browser with "
               "the "
               "certificate of the tenant's key, or by a token.";
    }
    out << R"(</p>
<label for="token">Token</label>
<input id="token" name="token" type="password" required autocomplete="current-password" spellcheck="false" maxlength="512">
<button>Show the page</button>
</form>
)";
    close_page(out);
    return std::move(out).take();
}

std::string missing_text(std::string_view service) {
    Html out;
    open_page(out, service);
    out.element("<h1>", service, "</h1>") << R"(</header>
<main id="content">
<h2>There is no such deployment of yours</h2>
<p><a href="/">All deployments</a></p>
)";
    close_page(out);
    return std::move(out).take();
}

} // namespace service
