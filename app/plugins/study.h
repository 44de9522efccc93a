#pragma once

#include <QString>

#include <map>
#include <string>
#include <vector>

namespace vitrine
{

class PluginJson;

// A live study on the Home page: one click, a real run. A plugin declares it in its plugin.json:
//   "studies": [{"id": "find-the-sinks", "place": 1, "title": "...", "line": "...",
//                "experiment": "attention.capture", "thumbnail": "find-the-sinks",
//                "takes": "a minute", "needs_models": ["vitrine-lm"],
//                "params": {"model": "vitrine-lm", "prompt_file": "resource:texts/a.txt"},
//                "beside": [{...}]}]
struct Study {
    QString id, title, line;
    QString experiment;
    std::map<std::string, std::string> params;
    std::vector<std::map<std::string, std::string>>
        beside{};      // further runs, compared with the first
    QString thumbnail; // base name in resources/thumbnails, without theme and ending
    QString missing;   // why it cannot run on this installation; empty where it can
    int place = 0;     // on Home, from the left
    QString takes = QStringLiteral("a few seconds"); // until it was run here, for people
};

// A value "resource:NAME" becomes the path of a shipped file.
Study studyOf(PluginJson& json);

} // namespace vitrine
