#include "app/plugins/plugin_rooms.h"

#include <algorithm>

namespace vitrine
{
namespace
{

QStringList strings(const std::vector<std::string>& list)
{
    QStringList texts;
    for (const std::string& text : list)
        texts << QString::fromStdString(text);
    return texts;
}

// Built and installed beside the code: attention.so, attention.md.
QString helpOf(const PluginInfo& plugin)
{
    std::filesystem::path file = plugin.file;
    return QString::fromStdString(file.replace_extension(".md").string());
}

} // namespace

std::vector<RoomInfo> PluginRooms::rooms() const
{
    std::vector<RoomInfo> infos;
    for (const PluginInfo& plugin : registry_.plugins()) {
        infos.push_back({QString::fromStdString(plugin.id), QString::fromStdString(plugin.title),
                         QString::fromStdString(plugin.summary),
                         QString::fromStdString(plugin.icon), plugin.order,
                         strings(plugin.experiments), plugin.opens, plugin.studies,
                         helpOf(plugin)});
    }
    return infos;
}

Result<Plugin*> PluginRooms::load(const QString& id)
{
    return registry_.load(id.toStdString());
}

std::vector<FileKind> fileKindsOf(const std::vector<RoomInfo>& rooms)
{
    std::vector<FileKind> kinds;
    for (const RoomInfo& room : rooms)
        kinds.insert(kinds.end(), room.opens.begin(), room.opens.end());
    return kinds;
}

std::vector<Study> studiesOf(const std::vector<RoomInfo>& rooms)
{
    std::vector<Study> studies;
    for (const RoomInfo& room : rooms)
        studies.insert(studies.end(), room.studies.begin(), room.studies.end());
    std::ranges::stable_sort(studies, {}, &Study::place);
    return studies;
}

QStringList PluginRooms::problems() const
{
    return strings(registry_.problems());
}

} // namespace vitrine
