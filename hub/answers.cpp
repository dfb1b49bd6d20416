#include "hub/answers.hpp"

#include "engine/errors.hpp"
#include "hub/store/kept_table.hpp"
#include "loop/rows/rows.hpp"
#include "service/say.hpp"

namespace imloop::hub {

using nlohmann::json;

std::string dumped(const json& body, int indent) {
    return body.dump(indent, ' ', false, json::error_handler_t::replace);
}

Answer json_answer(const json& body) { return {200, "application/json", dumped(body), {}, {}}; }

Answer problem(int status, Error error) {
    Answer answer{status, "application/problem+json", {}, {}};
    answer.error = std::move(error);
    if (status == 429 || status == 503) answer.headers.emplace_back("Retry-After", status == 429 ? "60" : "2");
    return answer;
}

Answer busy() { return problem(503, {"busy", "监管中心正忙，请稍后再传", "the hub is busy, send again later"}); }

Answer store_lost() {
    return problem(503, {"store_lost", "监管中心的数据库暂时连不上，请稍后再传",
                         "the hub's database can't be reached, send again later"});
}

Answer too_many_guesses() {
    return problem(429,
                   {"too_many_attempts", "试得太频繁，请一分钟后再试", "too many attempts, try again in a minute"});
}

Answer internal_error(const std::exception& e) {
    auto answer = problem(500, {"internal_error", "监管中心出了内部错误，请把 request_id 告诉监管部门",
                                "an error inside the hub: tell the bureau the request_id"});
    answer.cause = e.what();
    return answer;
}

Answer failed(const std::exception& e) {
    if (dynamic_cast<const loop::BadRow*>(&e) == nullptr && dynamic_cast<const Damaged*>(&e) == nullptr)
        return internal_error(e);
    auto answer = problem(500, {"damaged", e.what()});
    if (const auto* row = dynamic_cast<const DamagedRow*>(&e))
        answer.members = {{"table", row->table}, {"key", row->key}};
    return answer;
}

void answering(const Done& done, const std::function<void()>& work) noexcept {
    try {
        try {
            work();
        } catch (const engine::ConnectionLost&) {
            done(store_lost());
        } catch (const std::exception& e) {
            done(failed(e));
        }
    } catch (const std::exception& e) {
        service::say(e.what());
    }
}

}  // namespace imloop::hub
