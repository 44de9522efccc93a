#pragma once

#include <QAbstractScrollArea>
#include <QStringList>

#include <functional>
#include <memory>
#include <vector>

class QPainter;

namespace vitrine
{

// What a token strip shows; all lists are as long as `names`.
struct TokenStripText {
    enum class Mark {
        none,
        marked, // stands out
        off,    // would stand out, but was switched off: struck through
    };
    std::shared_ptr<const QStringList> names;      // as people read them
    std::shared_ptr<const std::vector<bool>> gaps; // whether a space stands before the token
    std::vector<double> bars; // under each token, 0..1 of its width; NaN: not finite, hatched
    std::vector<Mark> marks;
    std::vector<QString> badges; // above each token, empty for none: "8.1×"
    std::vector<bool> pinned;
    std::int64_t selected = -1;                // -1: none
    std::function<QString(std::int64_t)> help; // tool tip of a token, in lines
    QString keys;                              // what keys do, for those who do not see it
};

// A text, token by token. A click or the arrow keys choose a token, Ctrl + click or P pins it,
// Space acts on it (what that is, is the owner's).
class TokenStrip : public QAbstractScrollArea
{
    Q_OBJECT
public:
    explicit TokenStrip(QWidget* parent);

    void setText(TokenStripText text);
    QRect tokenRect(std::int64_t token) const; // in the viewport
    QString badgeOf(std::int64_t token) const;
    std::vector<std::int64_t> badged() const; // positions with a badge, ascending
    std::vector<std::int64_t> marked(TokenStripText::Mark mark) const; // likewise

signals:
    void tokenChosen(std::int64_t token);
    void tokenPinToggled(std::int64_t token);
    void tokenActed(std::int64_t token);
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
    std::int64_t count() const { return static_cast<std::int64_t>(boxes_.size()); }
    std::int64_t tokenAt(QPoint point) const; // -1: none
    void paintToken(QPainter& painter, std::size_t token, const QRect& box);
    void paintChip(QPainter& painter, std::size_t token, const QRect& chip);

    TokenStripText text_;
    std::vector<QRect> boxes_; // in the text's own coordinates, ascending by line
    std::int64_t hovered_ = -1;
};

} // namespace vitrine
