#include "station/page/server.hpp"

#include <fmt/format.h>
#include <openssl/rand.h>

#include <algorithm>

#include "journal/digest.hpp"
#include "service/secret.hpp"
#include "station/http_listener.hpp"
#include "station/page/assets.hpp"

namespace imloop::station::page {
namespace {

std::string decoded(std::string_view in) {
    std::string out;
    const auto digit = [](char c) {
        return c >= '0' && c <= '9' ? c - '0' : ((c | 32) >= 'a' && (c | 32) <= 'f') ? (c | 32) - 'a' + 10 : -1;
    };
    for (std::size_t i = 0; i < in.size(); ++i) {
        if (in[i] == '%' && i + 2 < in.size() && digit(in[i + 1]) >= 0 && digit(in[i + 2]) >= 0) {
            out += static_cast<char>(digit(in[i + 1]) * 16 + digit(in[i + 2]));
            i += 2;
        } else {
            out += in[i] == '+' ? ' ' : in[i];
        }
    }
    return out;
}

Answer refusal(int status, std::string_view zh, std::string_view en) {
    return {status, "text/plain; charset=utf-8", std::string(zh) + "\n" + std::string(en) + "\n", {}};
}

/// A path of this page, and nothing that a browser or a header would take for something else.
bool own_path(std::string_view path) {
    return path.starts_with('/') && !path.starts_with("//") &&
           std::ranges::all_of(path, [](char c) { return c > ' ' && c < '\x7f' && c != '\\'; });
}

/// A form of a page that is older than this program's data: what was typed, and the same form with a token that holds.
Answer outdated(const Request& r, const std::string& token) {
    const auto& w = r.words;
    Html fields, typed;
    for (const auto& [name, text] : r.form) {
        if (name == "token") continue;
        fields += html(R"(<input type="hidden" name="{}" value="{}">)", name, text);
        if (!text.empty()) typed += html("<dt>{}</dt><dd>{}</dd>", name, text);
    }
    Answer out;
    out.status = 403;
    out.body =
        html(
            R"(<!doctype html>
<html lang="{}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{}</title><link rel="stylesheet" href="/assets/station.css"></head>
<body><main class="pad"><h1>{}</h1><p>{}</p>{}<form method="post" action="{}"><input type="hidden" name="token" value="{}">{}<p class="actions"><button class="main">{}</button></p></form><dl>{}</dl></main></body></html>
)",
            w("zh-CN", "en"), w("页面已过期", "The page is out of date"), w("页面已过期", "The page is out of date"),
            w("还没有保存。填写的内容都在下面，可以再次提交。",
              "Nothing was saved. What you typed stands below and can be sent again."),
            r.content_type.starts_with("multipart/")
                ? html("<p>{}</p>", w("文件没有留下，提交后请重新选择。", "Files were not kept: choose them again."))
                : Html{},
            own_path(r.path) ? r.path : "/", token, fields, w("再次提交", "Send again"), typed)
            .text;
    return out;
}

}  // namespace

std::string Request::value(const std::string& name) const {
    if (const auto it = form.find(name); it != form.end()) return it->second;
    const auto it = query.find(name);
    return it == query.end() ? std::string() : it->second;
}

std::string new_token() {
    std::string bytes(16, '\0');
    RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    return journal::base64url(bytes);
}

std::string url_encoded(std::string_view text) {
    constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    std::string out;
    for (const char c : text) {
        if (plain.find(c) != std::string_view::npos)
            out += c;
        else
            out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

Answer see_other(const std::string& path) { return {303, "text/plain", "", {{"Location", path}}}; }

std::map<std::string, std::string> parse_form(std::string_view in) {
    std::map<std::string, std::string> out;
    while (!in.empty()) {
        const auto pair = in.substr(0, in.find('&'));
        in.remove_prefix(std::min(in.size(), pair.size() + 1));
        const auto equals = pair.find('=');
        if (!pair.empty())
            out.emplace(decoded(pair.substr(0, equals)),
                        equals == std::string_view::npos ? "" : decoded(pair.substr(equals + 1)));
    }
    return out;
}

struct Server::Impl {
    Impl(unsigned short port, std::string k, std::string t, Handler h)
        : key(std::move(k)),
          token(std::move(t)),
          handler(std::move(h)),
          listener("127.0.0.1", port, {.body_max = page_body_max}, [this](const HttpCall& call) {
              auto given = answer(call);
              HttpReply reply{given.status,
                              std::move(given.type),
                              std::move(given.body),
                              {{"Content-Security-Policy",
                                "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; form-action 'self'"},
                               {"Referrer-Policy", "same-origin"}}};
              if (reply.type.starts_with("text/html")) reply.headers.emplace_back("Cache-Control", "no-store");
              for (auto& header : given.headers) reply.headers.push_back(std::move(header));
              return reply;
          }) {}

    /// Why a request is not taken; nothing where it is.
    std::optional<Answer> barred(const HttpCall& call, const Request& r) const {
        const std::string host = call.header("host");
        if (!names_this_pc(host, listener.port()))
            return refusal(421, "只接受本机地址", "this page answers to the addresses of this PC alone");
        if (r.method == "GET" || r.method == "HEAD" || r.by_key) return std::nullopt;
        const std::string origin = call.header("origin");
        if (!origin.empty() && origin != "http://" + host)
            return refusal(403, "请求不是从本页发出的", "the request does not come from this page");
        const std::string shown = r.value("token").empty() ? call.header("x-token") : r.value("token");
        if (service::is_same_secret(shown, token)) return std::nullopt;
        return r.form.empty()
                   ? refusal(403, "页面已过期，请刷新后再试", "the page is out of date: reload it and try again")
                   : outdated(r, token);
    }

    Answer answer(const HttpCall& call) {
        Request r;
        const auto mark = call.target.find('?');
        r.method = call.method;
        r.target = call.target;
        r.path = decoded(call.target.substr(0, mark));
        if (mark != std::string::npos) r.query = parse_form(std::string_view(call.target).substr(mark + 1));
        r.content_type = call.header("content-type");
        r.body = call.body;
        r.if_none_match = call.header("if-none-match");
        if (r.content_type.starts_with("application/x-www-form-urlencoded")) r.form = parse_form(r.body);
        if (r.content_type.starts_with("multipart/form-data")) {
            auto parts = parse_multipart(r.content_type, r.body);
            r.form = std::move(parts.form);
            r.files = std::move(parts.files);
        }
        r.by_key = service::is_same_secret(call.header("x-imloop-key"), key);
        if (call.header("cookie").find("lang=en") != std::string::npos) r.words.lang = Lang::en;
        if (auto refused = barred(call, r)) return std::move(*refused);
        if (const auto* asset = asset_named(r.path))
            return {200, std::string(asset->type), std::string(asset->text), {{"Cache-Control", "max-age=3600"}}};
        if (r.path == "/lang")
            return {303,
                    "text/plain",
                    "",
                    {{"Location", own_path(r.value("back")) ? r.value("back") : "/"},
                     {"Set-Cookie", std::string("lang=") + (r.value("to") == "en" ? "en" : "zh") +
                                        "; Path=/; SameSite=Strict; Max-Age=31536000"}}};
        try {
            return handler(r);
        } catch (const std::exception& e) {
            return {
                500,
                "text/plain; charset=utf-8",
                std::string("没有做成，填写的内容没有丢，请返回再试。\nThis did not work; go back and try again.\n") +
                    e.what() + "\n",
                {}};
        }
    }

    std::string key, token;
    Handler handler;
    HttpListener listener;
};

Server::Server(unsigned short port, std::string key, std::string token, Handler handler)
    : impl_(std::make_unique<Impl>(port, std::move(key), std::move(token), std::move(handler))) {}

Server::~Server() = default;

unsigned short Server::port() const { return impl_->listener.port(); }

}  // namespace imloop::station::page
