// Made-up test results in the XML of provincial platforms.
#pragma once

#include <string>

namespace imloop::test {

/// One member a line: `check_id` stands in line 4.
inline std::string file_of(const std::string& members, const std::string& blocks = {}) {
    return "<?xml version='1.0' encoding='utf-8'?>\n<result>\n<result_data>\n" + members + "</result_data>\n" + blocks +
           "</result>\n";
}

inline const std::string head =
    "<check_id>61040026030211</check_id>\n<check_type>1</check_type>\n<unit_id>610404</unit_id>\n"
    "<line_id>02</line_id>\n<user_id>zhangs</user_id>\n<vin>LSVAA49J132000017</vin>\n<plate>陕D0T001</plate>\n"
    "<check_date>2026-03-02</check_date>\n<start_time>2026-03-02 10:00:00</start_time>\n"
    "<end_time>2026-03-02 10:04:00</end_time>\n<temperature>12.5</temperature>\n<pressure>96.2</pressure>\n"
    "<humidity>40</humidity>\n";
inline const std::string idle =
    "<lambda_limit_l>0.95</lambda_limit_l>\n<lambda_limit_h>1.05</lambda_limit_h>\n<lambda>1.01</lambda>\n"
    "<lambda_passed>1</lambda_passed>\n<low_co_limit>0.60</low_co_limit>\n<low_co>0.02</low_co>\n"
    "<low_co_passed>1</low_co_passed>\n<low_hc_limit>80</low_hc_limit>\n<low_hc>5</low_hc>\n"
    "<low_hc_passed>1</low_hc_passed>\n<high_co_limit>0.30</high_co_limit>\n<high_co>0.02</high_co>\n"
    "<high_co_passed>1</high_co_passed>\n<high_hc_limit>50</high_hc_limit>\n<high_hc>61</high_hc>\n"
    "<high_hc_passed>0</high_hc_passed>\n<passed>0</passed>\n";

}  // namespace imloop::test
