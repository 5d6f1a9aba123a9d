"""From a film's bytes to the hashes of its frames. This code runs inside the sandbox (`media.box`) and nowhere else.

Only formats and codecs that are listed are opened, one thread, one stream. What is damaged on the way is passed over;
what there is of good frames is hashed.
"""

from __future__ import annotations

import io
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tipline.media.decode import NotDecodable, preview_of
from tipline.media.identify import HEAD_BYTES, identify
from tipline.media.video.prints import MOST_MS, FramePrint
from tipline.media.video.sides import ENOUGH, NEAR_MS, NEAR_STEP_MS, Plan, Query, Reference

# By media type the one format that is tried: nothing is probed.
FORMATS = {
    "video/mp4": "mp4",
    "video/quicktime": "mp4",
    "video/3gpp": "mp4",
    "video/x-matroska": "matroska",
    "video/x-msvideo": "avi",
    "video/x-flv": "flv",
    "video/mpeg": "mpeg",
    "video/mp2t": "mpegts",
    "video/x-ms-asf": "asf",
}
CODECS = frozenset((
    "h264", "hevc", "vp8", "vp9", "av1", "libdav1d", "mpeg1video", "mpeg2video", "mpeg4", "msmpeg4v2", "msmpeg4v3",
    "h263", "flv", "mjpeg", "theora", "wmv1", "wmv2", "wmv3", "vc1", "prores",
))  # fmt: skip
PIXEL_CAP = 16_000_000
MOST_STREAMS = 32
MOST_PACKETS = 2_000_000
SOFT_SECONDS = 60.0  # of processor time; then what there is is hashed, and the film is said not to be whole
_PLANES = frozenset((
    "yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p", "yuv411p", "yuv440p", "yuva420p", "nv12",
    "nv21", "gray",
))  # fmt: skip
_FULL = np.clip((np.arange(256) - 16) * (255 / 219), 0, 255).round().astype(np.uint8).tobytes()
_FULL_RANGE = 2  # as the codec says it
_OFF_MS = 200  # where frames are left out decoders give a key frame's time a few frames early or late


@dataclass(frozen=True, slots=True)
class Film:
    """What was made of a film: its size in pixels, codec, milliseconds, hashes, a frame to show, whether it is all."""

    width: int
    height: int
    codec: str
    length: int
    prints: tuple[FramePrint, ...]
    shown: NDArray[np.uint8]
    is_whole: bool

    @property
    def preview(self) -> Image.Image:
        """A frame, small, grey and blurred."""
        return preview_of(Image.fromarray(self.shown))


def watch(data: bytes, side: str, near: Collection[int] = ()) -> Film:
    """This function will hash a film for one side: "reference", densely; or to ask, a few frames in all forms.

    To ask: its key frames ("glance"), what follows some of them ("near", by milliseconds), or others too where key
    frames are far apart ("query").

    Raises NotDecodable.
    """
    form = FORMATS.get(identify(data[:HEAD_BYTES]).media_type)
    if form is None:
        raise NotDecodable("not decoded: video")
    try:
        if side == "glance":
            return _glance(data, form) or _watch(data, form, Query(enough=ENOUGH))
        if side == "near":
            return _near(data, form, near) or _watch(data, form, Query())
        return _watch(data, form, Reference() if side == "reference" else Query())
    except NotDecodable:
        raise
    except MemoryError:
        raise
    except Exception as error:  # Any failure on hostile bytes is a refusal, and we are in the box.
        raise NotDecodable("damaged or not a film") from error


def warm_up() -> None:
    """This function will make and watch a small film, so that later nothing has to be loaded."""
    import av

    out = io.BytesIO()
    with av.open(out, "w", format="matroska") as container:
        stream: Any = container.add_stream("mpeg4", rate=5)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for shade in range(3):
            frame = av.VideoFrame.from_ndarray(np.full((64, 64, 3), 40 * shade, dtype=np.uint8), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    for side in ("glance", "near", "query", "reference"):
        watch(out.getvalue(), side, (0,))
    luma_of(frame.reformat(format="yuv420p10le"))


def _open(data: bytes, form: str) -> Any:
    import av

    options = {"protocol_whitelist": "none", "codec_whitelist": ",".join(sorted(CODECS)), "max_pixels": str(PIXEL_CAP)}
    options["skip_frame"] = "all"  # while it is opened: headers tell what is needed, no frame is decoded for that
    container = av.open(io.BytesIO(data), "r", format=form, options=options, metadata_errors="ignore")
    if len(container.streams) > MOST_STREAMS:
        raise NotDecodable("too many streams")
    if not container.streams.video:
        raise NotDecodable("no film in it")
    stream = container.streams.video[0]
    if stream.codec_context is None or stream.codec_context.name not in CODECS:
        raise NotDecodable("codec not allowed")
    if stream.codec_context.width * stream.codec_context.height > PIXEL_CAP:
        raise NotDecodable("too many pixels")
    stream.codec_context.thread_type = "NONE"
    stream.codec_context.thread_count = 1
    return container


def _packets(container: Any) -> Iterator[Any]:
    """Every packet of the stream until the end, or until it is too damaged to go on."""
    import av

    packets = container.demux(container.streams.video[0])
    for _ in range(MOST_PACKETS):
        try:
            packet = next(packets)
        except (StopIteration, av.FFmpegError):
            return
        yield packet


def _plan(data: bytes, form: str) -> Plan:
    """One pass without decoding: where the key frames are."""
    with _open(data, form) as container:
        stream = container.streams.video[0]
        unit = stream.time_base or Fraction(1, 1000)
        stamps, keys = [], []
        for packet in _packets(container):
            stamp = _stamp(packet)
            if stamp is not None and packet.size:
                stamps.append(stamp)
                keys += [stamp] if packet.is_keyframe else []
    begins = min(stamps, default=0)
    plan = Plan((), begins, unit, 0)
    length = plan.ms(max(stamps, default=0)) or 0
    return Plan(tuple(sorted({plan.ms(one) or 0 for one in keys})), begins, unit, length)


def _glance(data: bytes, form: str) -> Film | None:
    """The key frames alone: no other is decoded, nor read where the container has a table of them.

    Where there is one, a frame shortly after it too. None where no key frame shows something.
    """
    from av.stream import Discard

    with _open(data, form) as container:
        stream, plan = container.streams.video[0], _said(container)
        if len(list(islice((one for one in stream.index_entries if one.is_keyframe), 2))) == 1:
            kept = Query(step=NEAR_STEP_MS, enough=ENOUGH)
            film = _film(container, plan, kept, _following(container, plan, None))
        else:
            stream.discard = Discard.nonkey
            kept = Query()
            film = _film(container, plan, kept, _keys(container, plan, kept))
    return film if kept.moments else None


def _near(data: bytes, form: str, near: Collection[int]) -> Film | None:
    """What follows some key frames. None where they are not found again: not every container tells their times."""
    with _open(data, form) as container:
        plan = _said(container)
        return _film(container, plan, Query(step=NEAR_STEP_MS), _following(container, plan, near))


def _said(container: Any) -> Plan:
    """What the container says of begin and length, true or not."""
    stream = container.streams.video[0]
    unit = stream.time_base or Fraction(1, 1000)
    length = Plan((), 0, unit, 0).ms(stream.duration) or (container.duration or 0) // 1000
    return Plan((), stream.start_time or 0, unit, length)


def _watch(data: bytes, form: str, kept: Reference | Query) -> Film:
    plan = _plan(data, form)
    with _open(data, form) as container:
        film = _film(container, plan, kept, _frames(container, plan, kept))
    if film is None:
        raise NotDecodable("damaged or not a film")
    return film


def _film(container: Any, plan: Plan, kept: Reference | Query, frames: Iterator[tuple[int, Any]]) -> Film | None:
    """Hash what is wanted of the frames. None where there is none."""
    until = time.process_time() + SOFT_SECONDS
    seen: NDArray[np.uint8] | None = None
    is_whole = True
    for ms, frame in frames:
        if not kept.wants(plan, ms, bool(frame.key_frame)):
            continue
        luma = luma_of(frame)
        had = len(kept.prints)
        kept.take(ms, luma)
        if seen is None or (not had and kept.prints):
            seen = luma  # the first one, or the first that shows something
        if kept.is_enough:
            break
        if time.process_time() > until:
            is_whole = False
            break
    if seen is None:
        return None
    context = container.streams.video[0].codec_context
    return Film(context.width, context.height, context.name, plan.length, tuple(kept.prints), seen, is_whole)


def _keys(container: Any, plan: Plan, kept: Query) -> Iterator[tuple[int, Any]]:
    context = container.streams.video[0].codec_context
    context.options = {"skip_loop_filter": "all"}
    context.skip_frame = "NONKEY"
    gap, last = kept.key_gap(plan), -MOST_MS
    for packet in _packets(container):
        ms = plan.ms(_stamp(packet)) or 0
        if packet.size and not (packet.is_keyframe and ms - last >= gap):
            continue
        last = ms
        for frame in _decoded(packet):
            yield plan.ms(_stamp(frame)) or 0, frame


def _following(container: Any, plan: Plan, near: Collection[int] | None) -> Iterator[tuple[int, Any]]:
    """What follows key frames, those shortly before some times or all, for NEAR_MS; nothing between is decoded."""
    context = container.streams.video[0].codec_context
    context.options = {"skip_loop_filter": "all"}
    context.skip_frame = "NONREF"
    until = -1
    for packet in _packets(container):
        ms = plan.ms(_stamp(packet)) or 0
        if packet.is_keyframe and (near is None or any(-_OFF_MS <= one - ms <= NEAR_MS for one in near)):
            until = ms + NEAR_MS
        if packet.size and ms > until:
            continue
        for frame in _decoded(packet):
            yield plan.ms(_stamp(frame)) or 0, frame


def _frames(container: Any, plan: Plan, kept: Reference | Query) -> Iterator[tuple[int, Any]]:
    context = container.streams.video[0].codec_context
    if isinstance(kept, Query):
        context.options = {"skip_loop_filter": "all"}
    last = 0
    for packet in _packets(container):
        if packet.is_keyframe or not last:
            context.skip_frame = kept.skip(plan, plan.ms(_stamp(packet)) or last)
        for frame in _decoded(packet):
            ms = plan.ms(_stamp(frame))
            last = last if ms is None else ms
            yield last, frame


def _stamp(of: Any) -> int | None:
    """The time of a packet or a frame, in units of its stream."""
    stamp: int | None = of.pts if of.pts is not None else of.dts
    return stamp


def _decoded(packet: Any) -> Iterator[Any]:
    import av

    try:
        frames = packet.decode()
    except av.FFmpegError:
        return
    for frame in frames:
        if frame.width * frame.height > PIXEL_CAP:
            raise NotDecodable("too many pixels")
        yield frame


def luma_of(frame: Any) -> NDArray[np.uint8]:
    """This function will give a frame's luma, 0-255 from black to white: its own plane where it has one in bytes."""
    if frame.format.name not in _PLANES:
        grey: NDArray[np.uint8] = frame.to_ndarray(format="gray")
        return grey
    plane = frame.planes[0]
    rows = np.frombuffer(plane, dtype=np.uint8).reshape(-1, plane.line_size)
    luma = np.ascontiguousarray(rows[: frame.height, : frame.width])
    is_full = frame.format.name.startswith("yuvj") or frame.color_range == _FULL_RANGE or frame.format.name == "gray"
    return luma if is_full else np.frombuffer(luma.tobytes().translate(_FULL), dtype=np.uint8).reshape(luma.shape)
