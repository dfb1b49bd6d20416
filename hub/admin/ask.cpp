#include "hub/admin/ask.hpp"

#include <iostream>

#include "engine/errors.hpp"
#include "journal/json.hpp"
#include "loop/json.hpp"
#include "service/files.hpp"
#include "service/terminal.hpp"

namespace imloop::hub {

using nlohmann::json;

int fail(const Answer& answer) {
    const json body = journal::parsed_or_discarded(answer.body);
    if (body.is_object())
        std::cerr << body.value("code", "") << ": " << body.value("detail", "") << '\n';
    else
        std::cerr << answer.body << '\n';
    return 1;
}

int show(const Answer& answer) {
    if (answer.status != 200) return fail(answer);
    std::cout << journal::parsed(answer.body).dump(2) << '\n';
    return 0;
}

int print(const Answer& answer) {
    if (answer.status != 200) return fail(answer);
    if (answer.content_type == "text/csv")
        service::print_bytes(answer.body);
    else
        std::cout << answer.body;
    return 0;
}

json json_in(const std::string& path) {
    auto read = loop::parse_bounded(service::read_file(path));
    if (const auto why = loop::json_problem(read.code, read.pointer); !read.code.empty())
        throw engine::StoreError(path + "：" + why.zh + " / " + why.en);
    return std::move(read.json);
}

void put_given(json& body, const char* name, const std::string& value) {
    if (!value.empty()) body[name] = value;
}

}  // namespace imloop::hub
