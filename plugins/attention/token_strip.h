#pragma once

#include "plugins/attention/scene.h"

#include <QAbstractScrollArea>

#include <vector>

namespace vitrine::attention
{

// The text, token by token: a bar under each shows its column score, sinks carry a badge with the
// score over its uniform value. A click selects, Ctrl + click or P pins, arrows move.
class TokenStrip : public QAbstractScrollArea
{
    Q_OBJECT
public:
    explicit TokenStrip(QWidget* parent);

    void setScene(const Scene& scene);
    QRect tokenRect(std::int64_t token) const; // in the viewport
    QString badgeOf(std::int64_t token) const; // "8.1×", empty where it is no sink
    std::vector<std::int64_t> badged() const;  // positions with a badge, ascending

signals:
    void tokenChosen(std::int64_t token);
    void tokenPinToggled(std::int64_t token);
    void tokenHovered(std::int64_t token); // -1: none

protected:
    bool viewportEvent(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void arrange();
    void reveal(); // the selected token
    void describe();
    std::int64_t tokenAt(QPoint point) const; // -1: none
    void paintToken(QPainter& painter, std::size_t token, const QRect& box);
    QString helpOf(std::int64_t token) const;

    std::shared_ptr<const QStringList> names_;
    std::shared_ptr<const std::vector<bool>> gaps_;
    std::vector<QRect> boxes_; // in the text's own coordinates, ascending by line
    std::vector<float> scores_;
    std::vector<std::int32_t> rows_;
    std::vector<double> overUniform_; // of sinks, 0 for others
    std::vector<double> threshold_;
    std::vector<bool> pinned_;
    std::int64_t selected_ = -1, hovered_ = -1;
    double clip_ = 0.1;
};

} // namespace vitrine::attention
