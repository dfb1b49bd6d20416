#include "hub/api/request.hpp"

#include <algorithm>
#include <boost/url/parse.hpp>

#include "service/printable.hpp"

namespace imloop::hub {
namespace {

bool is_text(const std::string& decoded) { return service::printable(decoded) == decoded; }

}  // namespace

std::string Request::query(std::string_view key) const {
    // A plus is a plus: these are no forms.
    const auto params = boost::urls::url_view(url).params(boost::urls::encoding_opts(false));
    const auto found = params.find(key);
    return found == params.end() ? std::string() : (*found).value;
}

const std::string& Request::part(std::string_view name) const { return parts.find(name)->second; }

bool read_target(Request& request) {
    const auto read = boost::urls::parse_origin_form(request.target);
    if (!read) return false;
    request.url = *read;
    return is_text(request.url.path()) && is_text(request.url.query());
}

}  // namespace imloop::hub
