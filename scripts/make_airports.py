"""Create the list of airports of the simulated source: `python scripts/make_airports.py`.

Coordinates, names and elevations come from the MIT-licensed package `airportsdata`, whose licence is next to the
result in `airports.LICENSE`. The traffic of an airport comes from `PASSENGERS_M` below. A maintainer runs this after
an update of `airportsdata`, reviews the difference and commits it. It is not used at run time.
"""

from __future__ import annotations

import csv
import zlib
from collections import Counter
from importlib.metadata import files
from pathlib import Path

import airportsdata

DATA = Path(__file__).parent.parent / "services/generator/src/flighttracker_generator/data"

PASSENGERS_M = """
ATL 104 DXB 87 DFW 82 LHR 79 HND 79 DEN 78 IST 76 LAX 75 ORD 74 DEL 72 JFK 62 CDG 67 CAN 63 AMS 62 MAD 60 LAS 58
FRA 59 SIN 59 ICN 56 MCO 58 CLT 53 MIA 52 PVG 54 SZX 53 BCN 50 SEA 51 PEK 53 BKK 52 SFO 50 EWR 49 PHX 49 BOM 52 CGK 49
DOH 46 MEX 48 IAH 46 KUL 47 TFU 45 JED 43 BOS 41 FCO 41 LGW 41 GRU 41 MNL 45 SHA 42 KMG 42 XIY 41 CKG 44 HGH 41 HKG 40
SAW 37 MUC 37 PKX 39 SYD 39 BOG 39 YYZ 45 SGN 38 BLR 37 SVO 37 TPE 35 MSP 35 FLL 35 NRT 33 DTW 31 LIS 34 LGA 32 RUH 32
CUN 33 PMI 31 DUB 32 MEL 33 PHL 28 SLC 27 ORY 32 HAN 30 ATH 28 DMK 27 VIE 30 ZRH 29 MAN 28 STN 28 OSL 25 CPH 27 MXP 26
BWI 26 DCA 25 IAD 25 AYT 36 CAI 26 KIX 26 HYD 25 BRU 22 CTU 22 ARN 22 BER 23 AUH 23 YVR 25 SAN 24 TPA 24 BNA 23 CCU 20
LIM 23 CSX 27 WUH 26 NKG 27 XMN 24 HAK 24 URC 25 CGO 25 TAO 23 SYX 21 KWE 20 TSN 20 CGQ 15 HRB 20 DLC 17 SHE 20 TNA 17
NNG 14 FOC 14 LHW 15 TYN 14 HFE 12 INC 10 HET 12 KHN 11 NGB 13 WNZ 12 ZUH 11 SJW 10 KWL 9 LJG 8 WUX 8 XNN 7 YNT 7
JJN 7 AUS 22 MDW 22 HNL 21 DUS 19 GVA 16 WAW 18 BUD 15 PRG 14 HEL 15 OTP 15 AGP 22 ALC 16 TFS 12 LPA 14 IBZ 9 VLC 10
SVQ 8 BIO 6 OPO 15 FAO 10 NCE 14 LYS 10 MRS 11 TLS 8 BOD 7 NTE 7 EDI 14 BHX 11 LTN 17 GLA 7 BRS 10 LPL 4 NCL 5 LBA 4
ABZ 2 BFS 6 LCY 3 BGY 16 NAP 12 VCE 11 LIN 9 BLQ 10 CTA 11 PMO 8 PSA 5 BRI 6 CIA 4 TRN 4 CAG 5 VRN 4 OLB 3 HAM 14
STR 8 CGN 10 HAJ 5 NUE 4 LEJ 2 CRL 9 EIN 7 RTM 2 LUX 5 BSL 8 GOT 6 BLL 4 BGO 6 TRD 4 SVG 4 TOS 3 BOO 2 KEF 8 RIX 7
VNO 4 TLL 3 KRK 9 GDN 6 KTW 6 WRO 4 POZ 3 SKG 7 HER 9 RHO 6 CHQ 4 CFU 4 JTR 3 SOF 7 VAR 2 BOJ 2 BEG 8 ZAG 4 SPU 3
DBV 3 TIA 7 SKP 3 PRN 3 LJU 1.5 SJJ 2 TGD 1.5 IAS 2 CLJ 3 RMO 3 MLA 8 LCA 8 PFO 3.5 ESB 12 ADB 11 DLM 5 BJV 4 ADA 5
TZX 4 GZT 3 DME 20 VKO 15 LED 20 AER 12 SVX 7 OVB 8 KZN 4 UFA 4 KRR 3 ROV 2 KUF 3 IKT 4 KJA 3 VVO 2.5 KHV 2 KGD 4
MRV 4 TJM 2 SGC 2 OMS 2 PEE 1.5 YKS 1 MSQ 4 TBS 4 EVN 5 GYD 6 ALA 9 NQZ 8 TAS 8 SKD 1 BSZ 4 DYU 2 ASB 1.5 ULN 2 TLV 24
AMM 9 BEY 7 BGW 4 BSR 1 EBL 2 NJF 3 KWI 15 BAH 9 MCT 13 DMM 12 MED 10 AHB 4 TIF 3 SHJ 15 IKA 8 THR 12 MHD 10 SYZ 3
IFN 2 KHI 7 LHE 6 ISB 6 PEW 1.5 KBL 1.5 MAA 21 AMD 12 COK 10 PNQ 9 GOI 8 GAU 6 LKO 6 JAI 5 TRV 4 PAT 4 BBI 4.6 IXC 4
SXR 4 IXB 3 NAG 3 IDR 3 VTZ 3 CJB 3 CCJ 3 CMB 8 MLE 4 DAC 9 CGP 1.5 KTM 8 PBH .4 RGN 4 MDL 1 HKT 9 CNX 8 USM 2.5 HDY 3
KBV 2 CEI 2 UTH 2 DAD 8 CXR 6 PQC 4 HPH 3 HUI 2 VTE 1.5 LPQ .6 KTI 5 SAI 2 PEN 7 BKI 8 KCH 5 LGK 3 JHB 3 BWN 1.5
DPS 24 SUB 14 UPG 10 KNO 8 BPN 5 PLM 4 PDG 3 PKU 3 YIA 4 SRG 4 BTH 4 BDJ 3 PNK 3 LOP 2 MDC 2.5 DJJ 1.5 CEB 11 DVO 4
ILO 2 CRK 2 KLO 1 PPS 2 MPH 2 BCD 1.5 FUK 24 CTS 24 OKA 21 ITM 15 NGO 9 KOJ 6 SDJ 4 KMI 3 KMJ 3.4 NGS 3 MYJ 3 HIJ 3
UKB 3.4 TAK 2 ISG 2.6 KMQ 2 AOJ 1.2 HKD 2 AKJ 1 GMP 24 CJU 30 PUS 17 TAE 4 CJJ 3 KWJ 2 TSA 6 KHH 6 RMQ 3 MFM 6 BNE 23
PER 15 ADL 8.5 OOL 6 CNS 5 CBR 3 HBA 2.7 DRW 2 TSV 1.6 LST 1.4 MCY 1.7 NTL 1.3 ASP .5 KTA .8 ROK .6 MKY .8 AKL 18
WLG 6 CHC 6.5 ZQN 2.5 DUD 1 NSN 1 NPE .7 NAN 2.3 POM 1.5 NOU .6 PPT 1.4 APW .4 GUM 3 HLN .3 OGG 7.5 KOA 4 LIH 3.7
ITO 1.4 ANC 5.5 FAI 1.1 JNU .9 SEA 51 PDX 16.5 SJC 12 OAK 11 SMF 13 SNA 11.7 ONT 6.5 BUR 6 LGB 3.7 PSP 3.2 RNO 4.6
BOI 4.8 GEG 4.2 BZN 2.5 MSO 1 BIL 1 FCA .9 JAC 1 ABQ 5.2 TUS 3.8 ELP 4 SAT 10.7 HOU 13.7 DAL 17 OKC 4.4 TUL 3 LIT 2.2
MEM 4.8 MSY 13 BHM 3 HSV 1.6 JAX 7.4 PBI 7.8 RSW 10.2 SRQ 4.3 TLH .9 PNS 2.7 SAV 4 CHS 6.1 MYR 3.4 RDU 14.5 GSO 2
GSP 2.6 RIC 4.8 ORF 4.5 PIT 9.2 CLE 9.8 CMH 8.4 CVG 8.7 IND 9.6 SDF 4.6 STL 14.8 MCI 11.5 OMA 5 DSM 3.1 MSN 2.3 MKE 6
GRR 3.5 BUF 4.7 ROC 2.4 SYR 2.8 ALB 2.8 BDL 6.3 PVD 3.6 MHT 1.3 PWM 2.2 BTV 1.4 BGR .7 HPN 2.3 ISP 1.3 SWF .4 ICT 1.7
XNA 2 SGF 1.3 COS 2.3 FAT 2.4 SBA 1.3 MRY .6 EUG 1.6 RDM 1.1 MFR 1 SJU 12 STT 1.5 YUL 21 YYC 18.5 YEG 7.5 YOW 4 YWG 4
YHZ 3.6 YTZ 2 YQB 1.5 YYJ 1.7 YLW 2 YXE 1.4 YQR 1 YYT 1.4 YQM .6 YXY .4 YZF .4 YQT .7 GDL 17.7 MTY 13.3 TIJ 13.2
SJD 7.5 PVR 6.8 MID 3.6 BJX 3 CUL 2.4 HMO 2 QRO 1.7 VER 1.5 CJS 2 OAX 1.6 VSA 1.3 NLU 2.6 GUA 3.7 SAL 4 SAP 1 MGA 2
SJO 5.7 LIR 1.7 PTY 17.8 HAV 3 VRA 1 PUJ 9.2 SDQ 5.6 STI 2 KIN 1.7 MBJ 5.2 NAS 3.8 BGI 2 POS 2.4 AUA 2.9 CUR 1.7
SXM 1.7 FDF 2 PTP 2.2 CCS 5 MAR 1 VLN .8 MDE 10.8 CLO 6.7 CTG 6.9 BAQ 3 BGA 2 SMR 3.3 PEI 2.2 ADZ 2.4 UIO 5.3 GYE 4.2
GPS .6 CUZ 3.6 AQP 2 TRU .8 IQT 1 PIU 1 VVI 3.2 CBB 1.4 LPB 1.6 SCL 23.3 ANF 2.4 CJC 1.8 IQQ 1.5 CCP 1.5 PMC 2 PUQ 1.1
IPC .3 EZE 10.8 AEP 15.8 COR 3.3 MDZ 2.4 BRC 2.3 SLA 1.6 IGR 1.6 USH 1 NQN 1.2 TUC .9 ASU 1.2 MVD 2 CGH 22 BSB 15
CNF 10.4 GIG 8 SDU 11.4 VCP 12.5 POA 7.5 SSA 7.3 REC 9 FOR 5.6 CWB 6 FLN 4 BEL 3.8 MAO 2.8 GYN 3.1 VIX 3.2 CGB 2.7
NAT 2.3 MCZ 2.3 NVT 2.2 IGU 2.1 SLZ 1.6 BPS 2 CGR 1.5 JPA 1.4 THE 1 UDI 1 JNB 21 CPT 10 DUR 5 PLZ 1.6 GRJ .8 ELS .8
BFN .4 KIM .3 WDH .9 GBE .5 MPM .9 HRE 1.3 VFA .5 LUN 1.5 LVI .3 LLW .4 NBO 8.2 MBA 1.6 EBB 2 KGL 1.2 DAR 2.8 ZNZ 2
JRO 1 ADD 12 JIB .3 HGA .3 JUB .5 KRT 1 BJM .3 TNR 1 MRU 3.9 RUN 2.5 SEZ 1.2 LOS 6.5 ABV 6 PHC 1.4 KAN .8 ACC 3.4
KMS .5 ABJ 2.3 DSS 2.9 BKO .8 OUA .5 NIM .4 LFW 1.5 COO .6 DLA 1.5 NSI 1 LBV .9 BZV .6 PNR .5 FIH 1 FBM .5 LAD 2
CMN 9.8 RAK 7 AGA 2.4 FEZ 1.7 TNG 1.9 ALG 8 ORN 2 CZL 1.2 TUN 7 MIR 2 DJE 2 MJI 2 HRG 9 SSH 6.5 LXR 1 ASW .8 HBE 1.5
RMF 1 CKY .5 FNA .3 ROB .3 BJL .4 NKC .4 RAI .6 SID 1.4 FNC 4.8 PDL 2.5 TER .8 ACE 8 FUE 6.3 TFN 6 LCG 1.2 SCQ 3.6
GRX 1 XRY 1 MAH 4 GRO 1.6 REU 1.2 OVD 1.9 SDR 1.2 BES 1 RNS .8 LIL 2 BIA 1.6 AJA 1.6 PUF .5 BVA 5.8 SXB 1.2 MPL 2
INV .8 EXT .4 SOU .8 EMA 4 CWL .9 BHD 2.4 NWI .4 JER 1.4 GCI .8 IOM .7 ORK 2.8 SNN 2 NOC .9 KIR .4 GRQ .2 MST .3
ANR .3 BRE 1.8 DTM 3 FMO 1 PAD .7 FKB 1.8 FMM 2.8 NRN 1.9 SCN .4 GRZ .7 SZG 1.8 INN 1 LNZ .4 KLU .3 OSR .3 BRQ .6
BTS 1.8 KSC .6 DEB .3 TSR 1.2 SBZ .7 LUZ .4 RZE .9 SZZ .5 BZG .3 LCJ .3 AAL 1.3 AAR .5 MMX 2 LLA 1 UME .8 OSD .4
VBY .3 OUL .9 RVN .7 KUO .2 TKU .4 TMP .2 KTT .4 KRS 1 AES .9 HAU .7 EVE .7 ALF .4 KKN .3 LYR .2 TEB 1 VNY 1 SDL .8
FRD .05 SFB 2.9 PIE 2.5 AZA 1.9 EHU .1 CIX .6 TPP .5 TBP .3 JUL .5 MZT 1.7 ACA .8 TAM .6 CUU 1.6 TRC .7
"""
"""Millions of passengers a year, about 2023, by IATA code; general-aviation and cargo airports are estimated."""

AIRPORTS_PER_COUNTRY = {
    "US": 360, "CN": 180, "CA": 100, "AU": 80, "BR": 80, "RU": 80, "IN": 80, "FR": 60, "GB": 60, "DE": 60,
}  # fmt: skip
"""Maximum number of airports per country, busiest first."""

AIRPORTS_PER_OTHER_COUNTRY = 20

COLUMNS = ("icao", "iata", "name", "country", "latitude_deg", "longitude_deg", "elevation_ft", "passengers_m")


def main() -> None:
    """Write `airports.csv` and its licence."""
    words = PASSENGERS_M.split()
    passengers_m = {iata: float(text) for iata, text in zip(words[::2], words[1::2], strict=True)}
    candidates = []
    for airport in airportsdata.load("ICAO").values():
        icao, iata = str(airport["icao"]), str(airport["iata"])
        if not iata or len(icao) != 4 or not icao.isalpha() or (airport["lat"] == 0 and airport["lon"] == 0):
            continue
        # Small airports have no figure: use 20,000 to 100,000 passengers, the same in each run.
        small_m = 0.02 + zlib.crc32(icao.encode()) % 1000 / 1000 * 0.08
        international = "International" in str(airport["name"])
        weight = passengers_m.get(iata, small_m * (3 if international else 1))
        candidates.append((weight, airport))
    missing = passengers_m.keys() - {str(airport["iata"]) for _, airport in candidates}
    if missing:
        raise SystemExit(f"not in airportsdata: {sorted(missing)}")
    candidates.sort(key=lambda candidate: (-candidate[0], candidate[1]["icao"]))
    taken: Counter[str] = Counter()
    rows = []
    for weight, airport in candidates:
        country = str(airport["country"])
        taken[country] += 1
        if taken[country] > AIRPORTS_PER_COUNTRY.get(country, AIRPORTS_PER_OTHER_COUNTRY):
            continue
        rows.append(
            [
                airport["icao"],
                airport["iata"],
                airport["name"],
                country,
                f"{airport['lat']:.5f}",
                f"{airport['lon']:.5f}",
                f"{airport['elevation']:.0f}",
                f"{weight:.3g}",
            ]
        )
    with (DATA / "airports.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(sorted(rows))
    licence = next(path for path in files("airportsdata") or () if path.name == "LICENSE")
    (DATA / "airports.LICENSE").write_text(licence.read_text(encoding="utf-8"), encoding="utf-8")
    print(f"{len(rows)} airports in {len(taken)} countries")


if __name__ == "__main__":
    main()
