#pragma once

#include "core/figure/run_places.h"

#include <QJsonObject>

#include <string>
#include <vector>

namespace vitrine
{

// A view's state remembers which place among the colours each of its runs has: "run_places", uid to
// place. So the window, an exported figure and a report draw a run in one colour.
figure::RunPlaces runPlacesIn(const QJsonObject& state);
QJsonObject withRunPlaces(QJsonObject state, const std::vector<std::string>& uids,
                          const std::vector<int>& places);

} // namespace vitrine
