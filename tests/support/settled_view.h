#pragma once

#include "tests/support/fake_context.h"
#include "widgets/map/map_view.h"
#include "widgets/player/player.h"

#include <QAbstractAnimation>
#include <QCoreApplication>
#include <QImage>
#include <QTest>
#include <QTimer>

#include <gtest/gtest.h>

#include <algorithm>

namespace vitrine::tests
{

// Nothing of the view is on its way any more: no work on other threads, no tile of a map, no frame
// of a clip, no part that is drawn a moment later, nothing that moves.
inline bool isSettled(const View& view, const FakeContext& context)
{
    const auto shown = [](const QWidget* widget) { return widget->isVisible(); };
    const auto maps = view.findChildren<MapView*>();
    const auto players = view.findChildren<player::Player*>();
    const auto timers = view.findChildren<QTimer*>();
    const auto animations = view.findChildren<QAbstractAnimation*>();
    return context.isIdle() &&
           std::ranges::all_of(maps,
                               [&](const MapView* map) { return !shown(map) || map->settled(); }) &&
           std::ranges::all_of(players,
                               [&](const player::Player* player) {
                                   return !shown(player) || player->panes().empty() ||
                                          player->isSettled();
                               }) &&
           std::ranges::none_of(
               timers,
               [](const QTimer* timer) { return timer->isSingleShot() && timer->isActive(); }) &&
           std::ranges::none_of(animations, [](const QAbstractAnimation* animation) {
               return animation->state() == QAbstractAnimation::Running;
           });
}

// What the view shows once nothing is on its way and the picture stays as it is.
inline QImage settledPicture(View& view, const FakeContext& context)
{
    constexpr int kLimitMs = 60'000, kQuietMs = 150;
    QImage before;
    QElapsedTimer clock, quiet;
    clock.start();
    quiet.start();
    while (clock.elapsed() < kLimitMs) {
        QCoreApplication::processEvents(QEventLoop::AllEvents, 20);
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        const QImage now = view.grab().toImage();
        if (!isSettled(view, context) || now != before)
            quiet.restart();
        before = now;
        if (quiet.elapsed() > kQuietMs)
            break;
        QTest::qWait(20);
    }
    return before;
}

} // namespace vitrine::tests
