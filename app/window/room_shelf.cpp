#include "app/window/room_shelf.h"

#include "app/window/room_page.h"
#include "widgets/theme/text.h"

#include <algorithm>
#include <ranges>

namespace vitrine
{

RoomShelf::RoomShelf(RoomSource& source, Make make, QObject* parent)
    : QObject(parent), source_(source), make_(std::move(make)), infos_(source.rooms())
{
}

RoomPage* RoomShelf::room(const QString& id)
{
    if (RoomPage* page = ifOpen(id))
        return page;
    const auto info = std::ranges::find(infos_, id, &RoomInfo::id);
    if (info == infos_.end())
        return nullptr;
    const auto plugin = source_.load(id);
    if (!plugin) {
        emit message(fromUtf8(plugin.error().message));
        return nullptr;
    }
    RoomPage* page = make_(*info, **plugin);
    open_[id] = page;
    if (saved_.contains(id))
        page->restore(saved_[id].toObject());
    emit opened(page);
    return page;
}

RoomPage* RoomShelf::ifOpen(const QString& id) const
{
    const auto found = open_.find(id);
    return found == open_.end() ? nullptr : found->second;
}

const RoomInfo* RoomShelf::infoOf(const QString& experiment) const
{
    const auto info = std::ranges::find_if(
        infos_, [&](const RoomInfo& each) { return each.experiments.contains(experiment); });
    return info == infos_.end() ? nullptr : &*info;
}

RoomPage* RoomShelf::roomOf(const QString& experiment)
{
    const RoomInfo* info = infoOf(experiment);
    return info == nullptr ? nullptr : room(info->id);
}

std::optional<RoomShelf::Taker> RoomShelf::taking(const QString& path) const
{
    for (const RoomInfo& info : infos_)
        for (const FileKind& kind : info.opens)
            if (isOfKind(kind, path))
                return Taker{info.id, kind};
    return std::nullopt;
}

RoomPage* RoomShelf::roomShowing(const View* view) const
{
    const auto pages = open_ | std::views::values;
    const auto found = std::ranges::find(pages, view, &RoomPage::view);
    return found == pages.end() ? nullptr : *found;
}

FoundExperiment RoomShelf::findExperiment(const std::string& id)
{
    if (const RoomPage* page = roomOf(fromUtf8(id)))
        return page->experimentNamed(id);
    return {nullptr, {}, "No room of this installation runs " + id};
}

QJsonObject RoomShelf::viewStateOf(const QString& experiment) const
{
    const RoomInfo* info = infoOf(experiment);
    if (info == nullptr)
        return {};
    if (const RoomPage* page = ifOpen(info->id))
        return page->stateOf(experiment).view;
    const QJsonObject saved = saved_[info->id].toObject();
    const RoomState last = roomStateFrom(saved);
    return last.experiment == experiment
               ? last.view
               : roomStateFrom(saved["others"].toObject()[experiment].toObject()).view;
}

QJsonObject RoomShelf::save() const
{
    QJsonObject rooms = saved_;
    for (const auto& [id, page] : open_)
        rooms[id] = page->saved();
    return rooms;
}

void RoomShelf::closeAll()
{
    for (RoomPage* page : open_ | std::views::values)
        delete page;
    open_.clear();
}

} // namespace vitrine
