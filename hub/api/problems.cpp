#include "hub/api/problems.hpp"

namespace imloop::hub {

Answer as_sent(Answer answer, std::string_view request_id) {
    if (!answer.error) return answer;
    nlohmann::json body{{"type", "about:blank"},
                        {"title", answer.error->code},
                        {"status", answer.status},
                        {"detail", answer.error->detail()},
                        {"code", answer.error->code}};
    if (answer.members.is_object()) body.update(answer.members);
    if (answer.expected) body["expected"] = *answer.expected;
    if (!request_id.empty()) body["request_id"] = request_id;
    answer.body = dumped(body);
    return answer;
}

}  // namespace imloop::hub
