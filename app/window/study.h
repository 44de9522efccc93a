#pragma once

#include <QString>

#include <map>
#include <string>
#include <vector>

namespace vitrine
{

// A live study on the Home page: one click, a real run. A card is data; a new study is a new line
// in studies().
struct Study {
    QString id, title, line;
    QString experiment;
    std::map<std::string, std::string> params;
    std::vector<std::map<std::string, std::string>>
        beside{};      // further runs, compared with the first
    QString thumbnail; // base name in resources/thumbnails, without theme and ending
    QString missing;   // why it cannot run on this installation; empty where it can
};

std::vector<Study> studies();

} // namespace vitrine
