// The local page's listener: HTTP on loopback for the browser of this PC, and no one else. A request is taken only with
// a Host of this machine (no DNS rebinding); one that changes something only from our own page (Origin, and the token
// that stands in every form) or with the key of this installation (other programs of this PC).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "station/page/html.hpp"
#include "station/page/multipart.hpp"
#include "station/page/told.hpp"

namespace imloop::station::page {

inline constexpr std::size_t page_body_max = 16 * 1024 * 1024;  ///< a file that is dropped on a page

struct Request {
    std::string method;
    std::string path;
    std::string target;  ///< path and query as they were sent
    std::map<std::string, std::string> query;
    /// Of application/x-www-form-urlencoded or multipart/form-data; of a page that a form led to, that form.
    std::map<std::string, std::string> form;
    std::vector<UploadedFile> files;  ///< of multipart/form-data
    std::optional<Told> told;         ///< what that form has to say here
    std::string content_type;
    std::string body;
    std::string if_none_match;
    Language words;
    bool by_key = false;  ///< shown the key of this installation

    /// Of the form, else of the query; empty where neither has it.
    std::string value(const std::string& name) const;
};

struct Answer {
    int status = 200;
    std::string type = "text/html; charset=utf-8";
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;
};
/// 128 random bits, as 22 characters that may stand in an address.
std::string new_token();
Answer see_other(const std::string& path);
/// As it may stand in a query.
std::string url_encoded(std::string_view);

using Handler = std::function<Answer(const Request&)>;

class Server {
public:
    /// Listens on 127.0.0.1:`port` (0: any free one) at once. `key`: what a program shows as `X-Imloop-Key`;
    /// `token`: what every form carries; a form with another one is shown again with what was typed, to be sent once
    /// more. The handler runs on one thread of the server's own; what it throws becomes a page that says so. Throws
    /// service::PortTaken.
    Server(unsigned short port, std::string key, std::string token, Handler);
    ~Server();
    unsigned short port() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// `a=1&b=%20`: decoded. Of a name that comes twice the first stands.
std::map<std::string, std::string> parse_form(std::string_view text);

}  // namespace imloop::station::page
