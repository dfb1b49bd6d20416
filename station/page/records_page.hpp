// 记录: a station's own records, to be searched, counted and taken along as a table. What is searched for is a person's
// plate as often as not, so it goes by a form and stands in no address.
#pragma once

#include "station/page/site.hpp"

namespace imloop::station::page {

Html records_page(Site&, const Request&);
Next records_asked(Site&, const Request&);
/// What the page lists, all of it, as CSV.
Answer records_file(Site&, const Request&);

}  // namespace imloop::station::page
