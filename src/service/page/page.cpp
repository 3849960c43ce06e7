#include "service/page/page.hpp"

#include "service/page/frame.hpp"

namespace service {

namespace {

constexpr std::size_t short_name = 16; // digits of a Keep

Html& time(Html& out, std::uint64_t seconds) {
    auto const text = time_text(seconds);
    auto machine = text.substr(0, text.size() - 4) + 'Z';
    machine[10] = 'T';
    return (out << "<time datetime=\"").text(machine).element("\">", text, "</time>");
}

void write_header(Html& out, PageContents const& page) {
    open_page(out, page.deployment.empty() ? page.service : page.deployment + " - " + page.service);
    out.element("<h1>", page.service, "</h1>")
        << "\n<p class=\"soft\">Attestation service. You are ";
    out.text(page.visitor) << ". As of ";
    time(out, page.now) << ".</p>\n";
    if (page.may_leave)
        out << R"(<form method="post" action="/logout"><button>Leave</button></form>
)";
    out << "</header>\n";
    if (page.unguarded)
        out << R"(<p class="notice"><strong>No token is asked for.</strong> Everybody on this machine can read this page and
revoke Keeps: <code>operator-tokens</code> in <code>steward.toml</code> changes that.</p>
)";
    if (!page.deployment.empty())
        out << R"(<nav aria-label="Pages"><a href="/">All deployments</a></nav>
)";
    out << "<main id=\"content\">\n";
}

void write_figures(Html& out, PageContents const& page) {
    std::uint64_t alive = 0;
    for (auto const& each : page.deployments) alive += each.alive;
    out << "<dl class=\"figures\">\n";
    if (page.deployment.empty()) {
        out << "<div><dt>Deployments</dt><dd id=\"deployment-count\">";
        out.number(page.deployments.size()).text(page.more ? "+" : "") << "</dd></div>\n";
    } else {
        out << "<div><dt>Deployment</dt><dd class=\"name\">";
        out.text(page.deployment) << "</dd></div>\n";
    }
    out << "<div><dt>Keeps alive</dt><dd id=\"alive\">";
    out.number(alive).text(page.more ? "+" : "")
        << "</dd></div>\n<div><dt>Lines in the log</dt><dd>";
    out.number(page.checkpoints.empty() ? 0 : page.checkpoints.front().size)
        << "</dd></div>\n</dl>\n";
}

void write_deployment(Html& out, DeploymentLine const& line, bool of_the_operator) {
    out << R"(<tr role="row"><th class="long" role="rowheader" scope="row" data-label="Name"><a href="/deployments/)";
    out.path(line.name).element("\">", line.name, "</a></th>");
    if (of_the_operator)
        out.element(R"(<td class="long" role="cell" data-label="Tenant">)", line.tenant, "</td>");
    (out << R"(<td role="cell" data-label="Serial">)").number(line.serial) << "</td>";
    out << R"(<td role="cell" data-label="State">)";
    if (line.withdrawn) {
        out << R"(<span class="bad">withdrawn</span>)";
    } else {
        out << R"(<span class="good">handed out</span>)";
    }
    (out << R"(</td><td role="cell" data-label="Keeps alive"><span class="whole">)")
            .number(line.alive)
        << " of ";
    out.number(line.replicas) << R"(</span></td><td role="cell" data-label="Hardware">)";
    if (line.hardware) {
        out << "required";
    } else {
        out << R"(<span class="bad">NOT REQUIRED</span>)";
    }
    out << R"(</td><td role="cell" data-label="Published">)";
    time(out, line.published) << "</td></tr>\n";
}

void write_deployments(Html& out, PageContents const& page) {
    out << R"(<section aria-labelledby="deployments-heading">
<h2 id="deployments-heading">Deployments</h2>
)";
    if (page.deployments.empty()) {
        out << "<p>None was published yet. <code>enarx deployment publish</code> does "
               "that.</p>\n</section>\n";
        return;
    }
    out << R"(<table id="deployments" role="table" aria-labelledby="deployments-heading"><thead role="rowgroup"><tr role="row">
<th role="columnheader" scope="col">Name</th>)";
    if (page.of_the_operator) out << R"(<th role="columnheader" scope="col">Tenant</th>)";
    out << R"(<th role="columnheader" scope="col">Serial</th><th role="columnheader" scope="col">State</th>
<th role="columnheader" scope="col">Keeps alive</th><th role="columnheader" scope="col">Hardware</th>
<th role="columnheader" scope="col">Published</th></tr></thead><tbody role="rowgroup">
)";
    for (auto const& line : page.deployments) write_deployment(out, line, page.of_the_operator);
    out << "</tbody></table>\n";
    if (page.more) out << "<p class=\"soft\">There are more than this page shows.</p>\n";
    out << "</section>\n";
}

void write_keep(Html& out, KeepLine const& line) {
    out << R"(<tr role="row"><th role="rowheader" scope="row" data-label="Keep"><code title=")";
    out.text(line.keep).element("\">", line.keep.substr(0, short_name), "</code></th>");
    out.element(
        R"(<td class="long" role="cell" data-label="Deployment">)", line.deployment, "</td>"
    );
    (out << R"(<td role="cell" data-label="Serial">)").number(line.serial) << "</td>";
    out << R"(<td role="cell" data-label="Kind">)";
    if (line.kind == "none") {
        out << R"(<span class="bad">NO HARDWARE</span>)";
    } else {
        out.text(line.kind);
    }
    out << R"(</td><td role="cell" data-label="Since">)";
    time(out, line.since) << R"(</td><td role="cell" data-label="Until">)";
    time(out, line.until) << "</td></tr>\n";
}

void write_keeps(Html& out, PageContents const& page) {
    out << R"(<section aria-labelledby="keeps-heading">
<h2 id="keeps-heading">Keeps alive</h2>
)";
    if (page.keeps.empty()) {
        out << "<p>None.</p>\n</section>\n";
        return;
    }
    out << R"(<table id="keeps" role="table" aria-labelledby="keeps-heading"><thead role="rowgroup"><tr role="row">
<th role="columnheader" scope="col">Keep</th><th role="columnheader" scope="col">Deployment</th>
<th role="columnheader" scope="col">Serial</th><th role="columnheader" scope="col">Kind</th>
<th role="columnheader" scope="col">Since</th><th role="columnheader" scope="col">Until</th></tr></thead><tbody role="rowgroup">
)";
    for (auto const& line : page.keeps) write_keep(out, line);
    out << "</tbody></table>\n<p class=\"soft\">Until then a Keep counts as alive; each renewal of "
           "its certificate "
           "moves it on.</p>\n</section>\n";
}

void write_decision(Html& out, Decision const& each) {
    out << R"(<tr role="row"><td role="cell" data-label="Time">)";
    time(out, each.time).element(R"(</td><td role="cell" data-label="Step">)", each.step, "</td>");
    out.element(
        R"(<td class="long" role="cell" data-label="Deployment">)", each.deployment, "</td>"
    );
    out.element(
        R"(<td role="cell" data-label="Keep"><code>)",
        each.keep.substr(0, short_name),
        "</code></td>"
    );
    out << R"(<td role="cell" data-label="Decision">)";
    if (each.failure.empty()) {
        out << R"(<span class="good">accepted</span></td>)";
    } else {
        out << R"(<span class="bad">denied</span></td>)";
    }
    out.element(
        R"(<td role="cell" data-label="Rule">)",
        each.rule.empty() ? each.failure : each.rule,
        "</td>"
    );
    out.element(R"(<td class="long" role="cell" data-label="Why">)", each.detail, "</td></tr>\n");
}

void write_decisions(Html& out, PageContents const& page) {
    out << R"(<section aria-labelledby="decisions-heading">
<h2 id="decisions-heading">Last decisions</h2>
)";
    if (page.decisions.empty()) {
        out << "<p>None since this service started; the log has those before.</p>\n</section>\n";
        return;
    }
    out << R"(<table id="decisions" role="table" aria-labelledby="decisions-heading"><thead role="rowgroup"><tr role="row">
<th role="columnheader" scope="col">Time</th><th role="columnheader" scope="col">Step</th>
<th role="columnheader" scope="col">Deployment</th><th role="columnheader" scope="col">Keep</th>
<th role="columnheader" scope="col">Decision</th><th role="columnheader" scope="col">Rule that denied</th>
<th role="columnheader" scope="col">Why</th></tr></thead><tbody role="rowgroup">
)";
    for (auto const& each : page.decisions) write_decision(out, each);
    out << "</tbody></table>\n</section>\n";
}

void write_log(Html& out, PageContents const& page) {
    out << R"(<section aria-labelledby="log-heading">
<h2 id="log-heading">Log</h2>
<p>Each release, certificate and denial is a line of a log that anybody can check. Its checkpoints:</p>
<table id="checkpoints" role="table" aria-labelledby="log-heading"><thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Lines</th>
<th role="columnheader" scope="col">Root</th><th role="columnheader" scope="col">Signed</th></tr></thead><tbody role="rowgroup">
)";
    for (auto const& each : page.checkpoints) {
        out << R"(<tr role="row"><th role="rowheader" scope="row" data-label="Lines">)";
        out.number(each.size).element(
            R"(</th><td class="long" role="cell" data-label="Root"><code>)",
            each.root,
            "</code></td>"
        );
        out << R"(<td role="cell" data-label="Signed">)";
        if (each.time == 0) {
            out << "before this service started</td></tr>\n";
        } else {
            time(out, each.time) << "</td></tr>\n";
        }
    }
    out << R"(</tbody></table>
<details><summary>The newest one as it is signed, and the key</summary>
<pre>)";
    out.text(page.checkpoint)
        .element(
            "</pre>\n<p>Key: <code>", page.verifier_key, "</code></p>\n</details>\n</section>\n"
        );
}

} // namespace

std::string page_text(PageContents const& contents) {
    Html out;
    write_header(out, contents);
    write_figures(out, contents);
    write_deployments(out, contents);
    write_keeps(out, contents);
    write_decisions(out, contents);
    write_log(out, contents);
    close_page(out);
    return std::move(out).take();
}

} // namespace service
