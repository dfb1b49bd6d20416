#include "hub/health.hpp"

#include "service/checks.hpp"
#include "service/files.hpp"

namespace imloop::hub {
namespace {

using service::Certificate;
using service::Finding;
using service::Verdict;
namespace fs = std::filesystem;

/// Of one record with its receipt and its share of the segment, compressed; by experience.
constexpr std::uintmax_t record_bytes = 1024;
constexpr loop::Moment certificate_look = 60 * loop::day_ms, authority_look = 365 * loop::day_ms;

std::optional<Certificate> certificate_in(const fs::path& file) {
    return Certificate::from_pem(service::contents(file).value_or(""));
}

Finding own_certificate(const fs::path& data, loop::Moment now) {
    const service::Words renew{"运行 hub certificate --host 主机名，再重启服务",
                               "run `hub certificate --host NAME`, then restart the service"};
    Finding out{"certificate", Verdict::broken, {"证书", "certificate"}, {}, renew};
    const auto own = certificate_in(data / "tls.cert.pem");
    const auto authority = certificate_in(data / "ca.cert.pem");
    if (!own || !authority) {
        out.what = {"tls.cert.pem 或 ca.cert.pem 没有或读不出来", "tls.cert.pem or ca.cert.pem is missing or damaged"};
        out.todo = {"从备份放回去", "put it back from the backup"};
    } else if (!own->issued_by(*authority)) {
        out.what = {"tls.cert.pem 不是 ca.cert.pem 签发的", "tls.cert.pem was not issued by ca.cert.pem"};
    } else {
        return service::judge_time(*own, now, own->until - certificate_look, renew);
    }
    return out;
}

Finding authority(const fs::path& data, loop::Moment now) {
    const auto found = certificate_in(data / "ca.cert.pem");
    Finding out{"authority",
                Verdict::broken,
                {},
                {"ca.cert.pem 没有或读不出来", "ca.cert.pem is missing or damaged"},
                {"从备份放回去", "put it back from the backup"}};
    if (found)
        out = service::judge_time(*found, now, found->until - authority_look,
                                  {"计划换根证书，各站须重新加入", "plan a new authority, every station joins again"});
    out.check = "authority";
    out.title = {"根证书", "authority"};
    return out;
}

}  // namespace

std::vector<Finding> health_of_folder(const fs::path& data, loop::Moment now) {
    std::vector<Finding> out;
    for (const auto* name : {"hub.key.pem", "ca.key.pem", "tls.key.pem"})
        out.push_back(service::find_secret(data / name));
    out.push_back(own_certificate(data, now));
    out.push_back(authority(data, now));
    out.push_back(service::find_space(data, record_bytes));
    return out;
}

}  // namespace imloop::hub
