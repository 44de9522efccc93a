#pragma once

#include <QPointer>
#include <QWidget>

namespace vitrine
{

// One card of a page over the whole page, its place kept free for it meanwhile. While the card's
// place is hidden (another tab is shown, the run failed) so is this. Escape, and a page that puts
// the card elsewhere or hides it, ask for the end.
class PageFill : public QWidget
{
    Q_OBJECT
public:
    // The page is an ancestor of the card.
    PageFill(QWidget* card, QWidget* page);
    ~PageFill() override;

    // The card is in its place again, and this goes; where the place is gone the card goes too.
    void end();

signals:
    void endRequested();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void askForEnd();

    QPointer<QWidget> card_, place_;
    QWidget* page_;
    bool ending_ = false;
};

} // namespace vitrine
