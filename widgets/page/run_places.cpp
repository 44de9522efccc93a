#include "widgets/page/run_places.h"

namespace vitrine
{
namespace
{

constexpr QLatin1StringView kRunPlaces("run_places");

} // namespace

figure::RunPlaces runPlacesIn(const QJsonObject& state)
{
    figure::RunPlaces places;
    const QJsonObject stored = state[kRunPlaces].toObject();
    for (auto it = stored.begin(); it != stored.end(); ++it)
        places[it.key().toStdString()] = it.value().toInt(-1);
    return places;
}

QJsonObject withRunPlaces(QJsonObject state, const std::vector<std::string>& uids,
                          const std::vector<int>& places)
{
    QJsonObject stored;
    for (std::size_t i = 0; i < uids.size(); ++i)
        stored[QString::fromStdString(uids[i])] = places[i];
    state[kRunPlaces] = stored;
    return state;
}

} // namespace vitrine
